local function pay(args, authority, provenance)
	return { action = { name = "some.action", class = "payment", effect = "write", authority = authority }, args = args, provenance = provenance }
end
local mail = { origin = "mail.read", labels = { "mail:7" }, source = "mail:7" }
local denied = { verdict = "deny", code = "untrusted_argument", spoke = { "authority-untrusted" } }
local passed = { silent = { "authority-untrusted" } }

test { id = "own-input", ask = pay({ iban = "DE1", amount = 5 }, { "iban" }, { iban = "task" }), expect = passed }
test { id = "clean-source", ask = pay({ iban = "DE1" }, { "iban" }, { iban = "db.query" }), expect = passed }
test { id = "never-seen", ask = pay({ iban = "DE1", amount = 5 }, { "iban" }, { amount = "task" }),
	expect = { verdict = "deny", code = "untrusted_argument", rule = "authority-untrusted",
		say = 'The argument "iban" must come from the task\'s own inputs or from a trusted source' } }
test { id = "from-mail", ask = pay({ iban = "DE1" }, { "iban" }, { iban = mail }), expect = denied }
test { id = "unknown-origin", ask = pay({ iban = "DE1" }, { "iban" }, { iban = "unknown" }), expect = denied }
test { id = "number", ask = pay({ account = 4711 }, { "account" }), expect = denied }
test { id = "other-arguments-are-free", ask = pay({ iban = "DE1", text = "hello" }, { "iban" }, { iban = "task", text = mail }), expect = passed }
test { id = "nothing-bears-authority", ask = pay({ iban = "DE1" }, {}), expect = passed }
test { id = "list", ask = pay({ to = { "a@x", "b@x" } }, { "to" }, { ["to.1"] = "task" }), expect = denied }
test { id = "list-all-known", ask = pay({ to = { "a@x", "b@x" } }, { "to" }, { to = "task" }), expect = passed }
test { id = "nested", ask = pay({ payee = { iban = "DE1", name = "A" } }, { "payee.iban" }, { ["payee.name"] = "task" }), expect = denied }
test { id = "nested-sibling-is-free", ask = pay({ payee = { iban = "DE1", name = "A" } }, { "payee.iban" }, { ["payee.iban"] = "task" }),
	expect = passed }
test { id = "whole-table", ask = pay({ payee = { iban = "DE1", name = "A" } }, { "payee" }, { ["payee.iban"] = "task" }), expect = denied }
test { id = "list-of-tables", ask = pay({ to = { { host = "a" }, { host = "b" } } }, { "to.host" }, { ["to.1.host"] = "task" }), expect = denied }
-- whatever place a path names, a list stands for all its elements
test { id = "one-element", ask = pay({ to = { "a", "b" } }, { "to.1" }, { ["to.1"] = "task" }), expect = denied }
test { id = "one-element-all-known", ask = pay({ to = { "a", "b" } }, { "to.1" }, { to = "task" }), expect = passed }
test { id = "counted-from-none", ask = pay({ to = { { iban = "evil" } } }, { "to.0.iban" }), expect = denied }
test { id = "behind-the-last", ask = pay({ to = { { iban = "evil" } } }, { "to.2.iban" }), expect = denied }
test { id = "the-second-is-evil", ask = pay({ to = { { iban = "DE1" }, { iban = "evil" } } }, { "to.0.iban" }, { ["to.1.iban"] = "task" }), expect = denied }
test { id = "place-in-no-list", ask = pay({ to = { iban = "evil" } }, { "to.0.iban" }), expect = denied }
test { id = "member-called-like-a-place", ask = pay({ to = { ["0"] = "evil" } }, { "to.0" }), expect = denied }
test { id = "list-as-an-object", ask = pay({ to = { ["1"] = { iban = "evil" } } }, { "to.0.iban" }), expect = denied }
test { id = "list-as-an-object-without-a-place", ask = pay({ to = { ["7"] = { iban = "evil" } } }, { "to.iban" }), expect = denied }
test { id = "places-in-a-row", ask = pay({ to = { { { iban = "evil" } } } }, { "to.0.0.iban" }), expect = denied }
test { id = "place-and-nothing", ask = pay({ to = { { name = "x" } } }, { "to.0.iban" }), expect = passed }
test { id = "that-element", ask = pay({ to = { "a", "b" } }, { "to.2" }, { ["to.1"] = "task" }), expect = denied }
test { id = "absent", ask = pay({ amount = 5 }, { "iban" }), expect = passed }
test { id = "second-of-two", ask = pay({ iban = "DE1", bic = "X" }, { "iban", "bic" }, { iban = "task" }),
	expect = { verdict = "deny", say = 'The argument "bic" must come from the task\'s own inputs or from a trusted source' } }
test { id = "text-instead-of-table", ask = pay({ to = "evil" }, { "to.host" }), expect = denied }
test { id = "known-text-instead-of-table", ask = pay({ to = "a" }, { "to.host" }, { to = "task" }), expect = passed }
test { id = "list-instead-of-text", ask = pay({ iban = { "DE1", { "evil" } } }, { "iban" }, { ["iban.1"] = "task" }), expect = denied }
test { id = "path-as-one-name", ask = pay({ ["payee.iban"] = "evil" }, { "payee.iban" }), expect = denied }
test { id = "flag", ask = pay({ iban = true }, { "iban" }), expect = passed }
test { id = "called-like-a-member", ask = pay({ trusted = "true", origin = "task" }, { "origin" }), expect = denied }
test { id = "no-arguments", ask = pay({}, { "iban" }), expect = passed }
