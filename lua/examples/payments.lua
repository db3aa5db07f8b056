-- Payments: small ones pass, larger ones need humans, and more humans the stranger they look.
policy { name = "payments", description = "Who may pay what, and who is asked", owner = "finance@acme.example" }

local known = { "DE89370400440532013000", "GB29NWBK60161331926819" }

rule {
	id = "pay-amount",
	on = "pay.transfer",
	when = function(r) return type(r.args.amount) ~= "number" or r.args.amount <= 0 end,
	effect = deny { code = "amount", say = "amount must be a number above zero" },
}
rule {
	id = "pay-known",
	on = "pay.transfer",
	when = function(r) return table.has(known, r.args.iban) end,
	effect = allow { ttl = "60s", obligations = { "receipt" } },
}
rule {
	id = "pay-unknown",
	on = "pay.transfer",
	when = function(r) return not table.has(known, r.args.iban) end,
	effect = function(r)
		return step_up {
			approvers = "finance", quorum = 1, ttl = "15m",
			say = string.format("First payment to %s", r.args.iban:sub(1, 34)),
		}
	end,
}
rule {
	id = "pay-large",
	on = "pay.transfer",
	needs = { count = { "pay.*", within = "1d" } },
	when = function(r) return r.args.amount > 10000 or r.history.count["pay.*"] > 20 end,
	effect = step_up { approvers = "finance", quorum = 2, ttl = "1h", say = "Large, or many in a day" },
}

-- try: pay.transfer {"amount":50,"iban":"DE89370400440532013000"} history={"pay-large":{"count":{"pay.*|86400000":1},"did":{}}} => allow
-- try: pay.transfer {"amount":50,"iban":"XX"} history={"pay-large":{"count":{"pay.*|86400000":1},"did":{}}} => step_up
-- try: pay.transfer {"amount":50000,"iban":"XX"} history={"pay-large":{"count":{"pay.*|86400000":1},"did":{}}} => step_up step_up
-- try: pay.transfer {"amount":-1,"iban":"XX"} history={"pay-large":{"count":{"pay.*|86400000":1},"did":{}}} => deny step_up
-- try: pay.transfer {"amount":"50","iban":"XX"} history={"pay-large":{"count":{"pay.*|86400000":1},"did":{}}} => policy_error
