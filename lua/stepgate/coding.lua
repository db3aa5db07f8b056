-- A coding agent's tools: reading, searching, editing in its tree, building, testing and committing pass without asking. Pushing, publishing, the network,
-- credentials, what is outside of the tree, and whatever is not known here ask a person. What destroys work, forces or touches the main branch, and edits of what
-- runs by itself later (hooks, settings of harnesses, shells and git) are denied.
-- A command line is decided by its words, as `text:shell()` reads them, program by program from the tables below; a line that cannot be read is asked about.
-- What this cannot see: `npm test`, `make` and all that builds or tests run what the agent has just written, with all that its user may do. Where links lead is seen
-- by whoever normalises paths before they come here. Both ask for a sandbox around the agent; this pack is none.
policy { name = "coding", description = "A coding agent's shell and file tools: work passes, what leaves or destroys does not", owner = "security" }

local approvers = "oncall" -- the group that is asked

-- The agent's tools, and the arguments in which they say what they do.
local shell_actions = { "shell.run" }
local read_actions = { "file.read", "file.list", "file.search" }
local write_actions = { "file.write", "file.edit" }
local fetch_actions = { "web.fetch", "web.search" }
local command_argument, path_argument, cwd_argument = "command", "path", "cwd"

-- Folders the agent works in, absolute, without a slash behind them. None: the one that `cwd` names, and without that whatever a relative path reaches without going
-- up. Whoever says `cwd` is believed then: name them wherever that may be the agent itself.
local trees = {}
local build_folders = { "build", "dist", "out", "target", "node_modules", "coverage", ".next", ".cache", "__pycache__", ".pytest_cache", ".mypy_cache" } -- may be deleted whole
local main_branches = { "main", "master", "trunk", "develop", "release", "production" } -- nothing is pushed there
local assignments = { "CI", "NODE_ENV", "RUST_BACKTRACE", "RUST_LOG", "FORCE_COLOR", "NO_COLOR", "TZ", "LANG", "LC_ALL", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED" } -- that run nothing
local targets = { "all", "build", "check", "clean", "compile", "coverage", "doc", "docs", "fix", "fmt", "format", "lint", "test", "tests", "typecheck", "types", "unit" } -- of make and npm run; also those that go on with - or :
local endings = { "c", "h", "cc", "cpp", "hpp", "cs", "css", "go", "html", "java", "js", "jsx", "kt", "lua", "md", "mjs", "php", "py", "rb", "rs", "rst", "scala", "scss", "svg", "swift", "ts", "tsx", "vue" } -- a pattern of file names must end in one
local search_folders = { "src", "lib", "include", "test", "tests", "spec", "doc", "docs" } -- grep -r reads there whatever it finds; elsewhere only what --include names
local build_label = "build-script" -- marks a task that has changed what builds are made by: the next build asks. "": no mark

-- Names of files and folders, in lower case, wherever they stand in a path.
local secret_names = { ".git", ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".git-credentials", ".env", ".envrc", ".vault-token",
	".password-store", ".terraform.d", ".terraformrc", ".bash_history", ".zsh_history", ".python_history", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", "secrets", "keyrings", "gcloud", ".gem" }
local secret_beginnings = { ".env.", "credentials.", "secrets.", "service-account" }
local secret_endings = { ".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".env" }
local harmless_names = { ".env.example", ".env.sample", ".env.template", ".env.dist" }
local kept_names = { ".git", ".claude", ".codex", ".gemini", ".cursor", ".copilot", ".mcp.json", ".vscode", ".idea", ".husky", ".githooks", ".gitconfig", ".gitmodules", ".envrc", ".bashrc", ".bash_profile",
	".bash_login", ".bash_logout", ".bash_aliases", ".profile", ".zshrc", ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".inputrc", ".config", ".pre-commit-config.yaml", "crontab", "authorized_keys", "sitecustomize.py", "usercustomize.py" }
local build_names = { "makefile", "gnumakefile", "cmakelists.txt", "package.json", "cargo.toml", "build.rs", "conftest.py", "setup.py", "setup.cfg", "pyproject.toml", "tox.ini", "pytest.ini", "go.mod", "jenkinsfile",
	".gitlab-ci.yml", "workflows", "pom.xml", "build.gradle", "rakefile", "gemfile", "dockerfile" }

-- What was found out, the worst of it: 0 passes, 1 asks, 2 is denied.
local function note(v, level, why)
	if level > v.level then v.level, v.why = level, why end
end
local function ask(v, why) note(v, 1, why) end
local function refuse(v, why) note(v, 2, why) end

local function begins(text, list)
	for _, one in ipairs(list) do if text:starts(one) then return true end end
	return false
end
local function has_ending(text, list)
	for _, one in ipairs(list) do if text:ends(one) then return true end end
	return false
end
local letters = "abcdefghijklmnopqrstuvwxyz"
local function made_of(text, list)
	if #text > 200 then return false end
	for i = 1, #text do if not list:find(text:sub(i, i)) then return false end end
	return #text > 0
end

-- ---- paths ----

local most_bytes = 6000 -- of all paths of one line

-- Its parts from the root, or from where the work is; and whether it goes up again behind a name, which a link makes lead elsewhere.
local function locate(v, path)
	local full, parts, crooked, named = path, {}, false, v.folder ~= ""
	if not full:starts("/") and v.folder ~= "" then full = v.folder .. "/" .. full end
	if not full:starts("/") and v.cwd ~= "" then full = v.cwd .. "/" .. full end
	for _, part in ipairs(path:split("/")) do
		if part == ".." and named then crooked = true end
		if part ~= "" and part ~= "." and part ~= ".." then named = true end
	end
	for _, part in ipairs(full:split("/")) do
		if part == ".." and #parts > 0 and parts[#parts] ~= ".." then table.remove(parts)
		elseif part == ".." and not full:starts("/") then table.insert(parts, part)
		elseif part ~= "" and part ~= "." and part ~= ".." then table.insert(parts, part) end
	end
	return parts, full:starts("/"), crooked
end

-- How many of these parts lead to the tree that the rest is in; nil: it is in none.
local function depth(v, parts, absolute)
	if not absolute then return parts[1] ~= ".." and 0 or nil end
	local path = "/" .. table.concat(parts, "/")
	for _, tree in ipairs(#trees > 0 and trees or { v.cwd }) do
		if tree ~= "" and (path == tree or path:starts(tree .. "/")) then return #tree:split("/") - 1 end
	end
	return nil
end

local function is_secret(name)
	if table.has(harmless_names, name) then return false end
	return table.has(secret_names, name) or begins(name, secret_beginnings) or has_ending(name, secret_endings)
end

local function look_at_names(v, parts, first, writes)
	local before = ""
	for i = first, #parts do
		local name = parts[i]:lower()
		if is_secret(name) then ask(v, "This touches credentials, or git's own files, where some may be") end
		if writes and (table.has(kept_names, name) or (name == "hooks" and before == ".github")) then
			refuse(v, "Hooks and settings of git, shells and harnesses are not for the agent")
		end
		if writes and table.has(build_names, name) then v.changes_builds = true end
		before = name
	end
end

-- One path that is read or written. `mark` is the reader's.
local function look_at_path(v, path, mark, writes)
	if path == "-" or path == "/dev/null" or path == "/dev/stdout" or path == "/dev/stderr" or path == "/dev/stdin" then return end
	v.bytes = v.bytes + #path + #v.folder
	if #path > 1000 or v.bytes > most_bytes then return refuse(v, "More paths than anybody looks at") end
	local parts, absolute, crooked = locate(v, path)
	local within = depth(v, parts, absolute)
	look_at_names(v, parts, (within or 0) + 1, writes)
	if mark == "home" or within == nil then ask(v, "This goes outside of the tree") end
	if crooked then ask(v, "The path goes up again behind a name, and a link could make that lead anywhere") end
end

-- A pattern must say of what kind the files are, and none of its parts may stand for names with a dot in front.
local function look_at_pattern(v, word, writes)
	local tame = false
	for _, ending in ipairs(endings) do tame = tame or word:ends("." .. ending) end
	for _, part in ipairs(word:split("/")) do
		if part:starts(".") and (part:find("*") or part:find("?") or part:find("[")) then tame = false end
	end
	if writes or not tame or (not v.looks and (word:starts("*") or word:starts("?") or word:starts("["))) then
		ask(v, "A pattern stands for files that nobody named")
	end
end

-- ---- one argument, by its kind ----

local kinds = {
	t = function(v, word, mark) if mark == "pattern" then ask(v, "A pattern stands for files that nobody named") end end, -- a text
	p = function(v, word, mark) look_at_path(v, word, mark, false) end, -- a file that is read
	w = function(v, word, mark) look_at_path(v, word, mark, true) end, -- one that is written, made or deleted
	g = function(v, word, mark) -- which files are searched, as a pattern of the program's own: *.js, or !x for what is left out
		if #word > 200 then return ask(v, "A pattern that also stands for hidden files") end
		local parts = word:split(".")
		local plain = #parts > 1 and made_of(parts[#parts]:lower(), letters)
		for _, part in ipairs(word:split("/")) do plain = plain and not (part:starts(".") and #part > 1) end
		look_at_names(v, word:split("/"), 1, false)
		if not plain and not word:starts("!") then ask(v, "A pattern that also stands for hidden files") end
	end,
	r = function(v, word, mark) if #word > 1000 then return ask(v, "A version that is too long") end for _, part in ipairs(word:split(":")) do look_at_path(v, part, mark, false) end end, -- git: a version, a file, or both
	m = function(v, word, mark) -- a target that is built
		if #word > 200 then return ask(v, "A target that this pack does not know") end
		local name = word:split(":")[1]:split("-")[1]
		local known = table.has(targets, name) and made_of(word:lower(), letters .. "0123456789-_:.")
		if not known and word ~= "V=1" and word ~= "VERBOSE=1" and not made_of(word, "0123456789") then ask(v, "A target that this pack does not know") end
	end,
	x = function(v, word, mark) -- handed on to what the tree builds
		local equals = word:find("=")
		look_at_path(v, equals and word:sub(equals + 1) or word, mark, false)
	end,
	s = function(v, word, mark) -- sed: lines that are printed or left out
		if not made_of(word, "0123456789,;$!pqd= ") then ask(v, "A sed script that does more than choose lines by number") end
	end,
	a = function(v, word, mark) -- awk: columns
		if not (word:starts("{print") and word:ends("}") and made_of(word:sub(2, -2), "printNF$0123456789, ")) then ask(v, "An awk program that does more than print columns") end
	end,
	j = function(v, word, mark) -- jq: no way out of its input
		for _, away in ipairs({ "$", "env", "input", "import", "include" }) do
			if word:find(away) then ask(v, "A jq program that looks beyond its input") end
		end
	end,
	d = function(v, word, mark) -- cmake: a definition
		if not begins(word, { "CMAKE_BUILD_TYPE=", "CMAKE_EXPORT_COMPILE_COMMANDS=", "BUILD_", "ENABLE_", "WITH_" }) then ask(v, "A definition that may name a program") end
	end,
	o = function(v, word, mark) -- chmod: a mode
		if not table.has({ "+x", "u+x", "a+x", "-x", "644", "755", "0644", "0755" }, word) then ask(v, "A mode that is not that of a usual file") end
	end,
}

local function look(v, kind, word, mark)
	if mark == "pattern" and kind ~= "t" then look_at_pattern(v, word, kind == "w") end
	kinds[kind](v, word, mark)
end

-- ---- programs ----

-- "-a -n:t --color?": options without a value, with one of that kind, and with one that only `=` (or the same word) can give. -# is any number.
-- `operands`: a kind for each, the last for all that follow; "" for none.
local function program(options, operands, more)
	local spec = more or {}
	spec.options, spec.operands = {}, operands
	for _, option in ipairs(options:split(" ")) do
		if option:ends("?") then spec.options[option:sub(1, -2)] = "?"
		elseif option:find(":") then spec.options[option:sub(1, -3)] = option:sub(-1)
		elseif option ~= "" then spec.options[option] = "" end
	end
	return spec
end
local function looks(options, operands, more) -- it writes nothing and runs nothing, whatever options it gets
	local spec = program(options, operands, more)
	spec.looks = true
	return spec
end
local function builds(options, operands, more) -- it runs what is in the tree
	local spec = program(options, operands, more)
	spec.builds = true
	return spec
end

-- The option at i; returns the place of its last word.
local function option(v, c, spec, i, seen)
	local word = c.words[i]
	if spec.options["-#"] and made_of(word:sub(2), "0123456789") then return i end
	local long, at = spec.long or word:starts("--"), 2
	while at <= #word do
		local equals = long and word:find("=")
		local name = not long and "-" .. word:sub(at, at) or equals and word:sub(1, equals - 1) or word
		local rest = not long and word:sub(at + 1) or equals and word:sub(equals + 1) or ""
		local kind = spec.options[name]
		seen[name] = true
		if c.marks[i] == "pattern" and not (long and kind == "g") then ask(v, "A pattern stands where an option does") end
		if kind == nil or (kind == "" and equals) or at > 40 then
			ask(v, "An option that this pack does not know of " .. spec.name)
			return i
		end
		if kind ~= "" and (rest ~= "" or kind == "?" or equals) then
			if kind ~= "?" then look(v, kind, rest, kind == "g" and "plain" or c.marks[i]) end
			return i
		end
		if kind ~= "" then
			if i < #c.words then look(v, kind, c.words[i + 1], c.marks[i + 1]) end
			return i + 1
		end
		if long then return i end
		at = at + 1
	end
	return i
end

-- All words from `at` on. Returns the options that were there, and the operands.
local function arguments(v, c, spec, at)
	local seen, operands, marks, plain, i = {}, {}, {}, false, at
	while i <= #c.words do
		local word = c.words[i]
		if not plain and word == "--" then plain = true
		elseif not plain and #word > 1 and word:starts("-") then i = option(v, c, spec, i, seen)
		else
			table.insert(operands, word)
			table.insert(marks, c.marks[i])
		end
		i = i + 1
	end
	local list = spec.operands
	for _, name in ipairs(spec.instead or {}) do if seen[name] and list == spec.operands then list = list:sub(2) end end
	for k, word in ipairs(operands) do
		if list == "" then ask(v, "More words than this pack knows of " .. spec.name)
		else look(v, k < #list and list:sub(k, k) or list:sub(-1), word, marks[k]) end
	end
	return seen, operands
end

local function run(v, c, spec, at)
	v.looks = spec.looks or false
	if spec.ask then ask(v, spec.ask) end
	if spec.builds then v.builds = true end
	if spec.own then return spec.own(v, c, spec, at) end
	local seen, operands = arguments(v, c, spec, at)
	if spec.also then spec.also(v, c, seen, operands) end
end

-- Its words are only said; but what stands for names says which there are.
local function free(v, c, spec, at)
	for i = at, #c.words do
		if c.marks[i] == "pattern" then look_at_path(v, c.words[i], c.marks[i], false) end
	end
end

local function conditions(v, c, spec, at) -- test and [: whether something is there
	for i = at, #c.words do
		local word = c.words[i]
		if c.marks[i] ~= "plain" or word:find("/") or word:starts(".") then look_at_path(v, word, c.marks[i], false) end
	end
end

-- The first word chooses a table's entry.
local function by_word(commands, otherwise)
	return { own = function(v, c, spec, at)
		local word = c.words[at] or ""
		local chosen = commands[word]
		if chosen then return run(v, c, chosen, at + 1) end
		ask(v, otherwise)
	end }
end

local function tree_search(v, c, seen, operands) -- grep and diff, unlike rg, also read what is hidden
	if not (seen["-r"] or seen["-R"] or seen["--recursive"]) or seen["--include"] then return end
	local first = (seen["-e"] or seen["-f"] or c.name == "diff") and 1 or 2
	local whole = #operands < first
	for i = first, #operands do whole = whole or not table.has(search_folders, operands[i]:split("/")[1]) end
	if whole then ask(v, "This reads hidden files too: use rg, or say --include") end
end

local function copied(v, c, seen, operands) -- the last is where to, and what is copied keeps its name there
	local to = operands[#operands] or "."
	look(v, "w", to, "plain")
	for i = 1, #operands - 1 do
		local parts = operands[i]:split("/")
		look_at_path(v, to .. "/" .. parts[#parts], "plain", true)
	end
end

local function removed(v, c, seen, operands)
	if not (seen["-r"] or seen["-R"] or seen["--recursive"]) then return end
	for _, operand in ipairs(operands) do
		local parts, absolute, crooked = locate(v, operand)
		local built = false
		for _, part in ipairs(operand:split("/")) do built = built or table.has(build_folders, part) end
		if crooked or depth(v, parts, absolute) == nil or not built then refuse(v, "Whole folders are deleted only where they hold what was built") end
	end
end

-- ---- git ----

local diff_options = "-p -u -s -U? -z -w -b -M? -C? -R -a -S:t -G:t -# --stat? --numstat --shortstat --name-only --name-status --cached --staged --color? --no-color --word-diff? --check --summary --patch --no-patch --raw --unified? " ..
	"--ignore-all-space --ignore-space-change --ignore-blank-lines --minimal --patience --histogram --diff-filter:t --find-renames? --exit-code --quiet --no-ext-diff --no-textconv --merge-base --compact-summary --no-renames"
local log_options = diff_options .. " -n:t -L:r -i -E -F -P -g --oneline --graph --all --branches --tags --remotes --decorate? --no-decorate --format:t --pretty? --abbrev-commit --since:t --until:t --after:t --before:t --author:t --grep:t " ..
	"--follow --reverse --merges --no-merges --first-parent --date:t --max-count:t --skip:t --left-right"
local network = "This reaches the network"

local function pushed(v, c, spec, at)
	ask(v, "This pushes: look at the branch and at what is on it")
	local named = 0
	for i = at, #c.words do
		local word = c.words[i]
		local flag = word:split("=")[1]
		if word:starts("--") then
			if begins(flag, { "--f", "--mir", "--d", "--pru", "--al", "--bra", "--rec", "--exe" }) then refuse(v, "Forced pushes and deleted branches are for people") end
		elseif word:starts("-") then
			if word:find("f") or word:find("d") then refuse(v, "Forced pushes and deleted branches are for people") end
		else
			named = named + 1
			local sides = word:split(":")
			local to = sides[#sides]
			for _, start in ipairs({ "+", "refs/", "heads/" }) do if to:starts(start) then to = to:sub(#start + 1) end end
			if named > 1 and (word:starts("+") or word:starts(":")) then refuse(v, "Forced pushes and deleted branches are for people") end
			if named > 1 and (table.has(main_branches, to) or to:starts("release/") or to:find("*")) then refuse(v, "Nothing is pushed to the main branch") end
		end
	end
end

local function restores(v, c, seen, operands) if not (seen["--staged"] or seen["-S"]) then ask(v, "This throws changes away that are in no commit") end end
local function checks_out(v, c, seen, operands)
	local branch = seen["-b"] or (#operands == 1 and (operands[1] == "-" or table.has(main_branches, operands[1])))
	if table.has(c.words, "--") or not branch then ask(v, "This may throw changes away that are in no commit; git switch says that a branch is meant") end
end
local function hard(v, c, spec, at)
	for i = at, #c.words do
		if begins(c.words[i], { "--h", "--me", "--k" }) then return refuse(v, "This throws changes away that are in no commit") end
	end
	arguments(v, c, spec, at)
end
local function cleans(v, c, spec, at)
	for i = at, #c.words do
		local word = c.words[i]
		if word:starts("--f") or (word:starts("-") and not word:starts("--") and word:find("f")) then refuse(v, "This deletes files that are in no commit") end
	end
	arguments(v, c, spec, at)
end
local function configures(v, c, seen, operands)
	local reads = seen["--get"] or seen["--get-all"] or seen["--list"] or seen["-l"] or operands[1] == "get" or operands[1] == "list"
	if not reads and (#operands ~= 1 or not operands[1]:find(".")) then refuse(v, "Hooks and settings of git, shells and harnesses are not for the agent") end
end

local git = {
	status = program("-s -b -u? -v -z --short --branch --porcelain? --long --untracked-files? --ignored? --no-renames", "p"),
	diff = program(diff_options, "r"), log = program(log_options, "r"), show = program(log_options, "r"), ["rev-list"] = program(log_options .. " --count", "r"),
	shortlog = program("-s -n -e", "r"), blame = program("-L:r -w -C -M -s -e -l --date:t", "r"), describe = program("--tags --always --dirty? --abbrev:t --long", "t"),
	["rev-parse"] = program("--abbrev-ref --short? --show-toplevel --verify -q --git-dir --is-inside-work-tree --show-prefix", "t"), ["merge-base"] = program("-a --is-ancestor", "t"),
	["ls-files"] = program("-o -m -c -d -s -z --others --modified --cached --exclude-standard --deleted --stage --error-unmatch", "t"), ["ls-tree"] = program("-r -t -d -l -z --name-only", "r"), ["cat-file"] = program("-p -t -s -e", "r"),
	grep = program("-n -i -l -L -c -w -E -F -P -v -h -H -e:t -A:t -B:t -C:t -q --count --cached --name-only --line-number --ignore-case --break --heading -p -W", "tr", { instead = { "-e" } }),
	branch = program("-a -r -v -l -d -m --list --all --remotes --show-current --contains? --merged? --no-merged? --sort:t --format:t", "t"), tag = program("-l -n? -a -m:t --list --sort:t --contains?", "t"),
	add = program("-A -u -p -n -v -N --all --update --patch --dry-run --verbose --intent-to-add", "p"), mv = program("-v -n -k", "w"), rm = program("-q -n --cached --dry-run", "w"),
	commit = program("-a -m:t -F:p -q -v -s --all --message:t --file:p --amend --no-edit --allow-empty --signoff --quiet --verbose --fixup:t --squash:t --dry-run", "p"),
	checkout = program("-b:t -q -t --quiet --track", "w", { also = checks_out }), switch = program("-c:t -q --create:t --detach", "t"), restore = program("-S -q --staged --quiet", "p", { also = restores }),
	merge = program("-m:t -q --no-ff --ff-only --squash --abort --continue --no-edit --no-commit", "t"), rebase = program("--abort --continue --skip --onto:t", "t"),
	["cherry-pick"] = program("-n -x --abort --continue --skip --no-commit", "t"), revert = program("-n --abort --continue --skip --no-commit --no-edit", "t"),
	stash = program("-m:t -u -p -q --include-untracked --keep-index --stat", "t", { also = function(v, c, seen, operands)
		if operands[1] and not table.has({ "push", "pop", "apply", "list", "show" }, operands[1]) then ask(v, "This throws changes away that are in no commit") end
	end }),
	reset = program("-q --soft --mixed --quiet", "r", { own = hard }), clean = program("-n -d -x --dry-run", "p", { own = cleans }), config = program("-l --get:t --get-all:t --list --global --local --show-origin", "t", { also = configures }),
	remote = program("-v --verbose", "t", { also = function(v, c, seen, operands) if operands[1] and operands[1] ~= "get-url" then ask(v, network) end end }),
	reflog = program("-#", "t", { also = function(v, c, seen, operands) if operands[1] and operands[1] ~= "show" then ask(v, "This throws away what a mistake is mended with") end end }),
	worktree = program("--porcelain", "t", { also = function(v, c, seen, operands) if operands[1] ~= "list" then ask(v, "This makes or deletes a tree") end end }),
	push = { own = pushed }, fetch = { ask = network, own = free }, pull = { ask = network, own = free }, clone = { ask = network, own = free }, submodule = { ask = network, own = free },
}

local function of_git(v, c, spec, at)
	local i, folder = at, v.folder
	while i <= #c.words and c.words[i]:starts("-") do
		local word = c.words[i]
		if word == "-C" and i < #c.words then
			look(v, "p", c.words[i + 1], c.marks[i + 1])
			v.folder = c.words[i + 1]:starts("/") and c.words[i + 1] or (v.folder == "" and "" or v.folder .. "/") .. c.words[i + 1]
			i = i + 1
		elseif word:starts("-c") or word:starts("--config") or word:starts("--exec-path=") then refuse(v, "Settings given to git by the line can run anything")
		elseif word ~= "--no-pager" and word ~= "-P" and word ~= "--version" then ask(v, "An option that this pack does not know of git") end
		i = i + 1
	end
	local command = git[c.words[i] or ""]
	if command then run(v, c, command, i + 1)
	elseif not table.has(c.words, "--version") then ask(v, "A git command that this pack does not know; it may be an alias") end
	v.folder = folder
end

-- ---- what builds and tests ----

local function script(v, c, spec, at) -- npm and its kin: a script of the tree's own package.json
	local name, rest = c.words[at] or "", at + 1
	if name == "run" or name == "run-script" then
		name, rest = c.words[rest] or "", rest + 1
	elseif name ~= "test" and name ~= "t" and not (c.name == "yarn" and table.has({ "build", "format", "lint", "typecheck" }, name)) then
		return ask(v, "This installs, publishes, or reaches the network")
	end
	kinds.m(v, name == "t" and "test" or name, "plain")
	arguments(v, c, spec, rest)
end

local cargo_options = "-q -v -p:t -j:t -r -F:t --release --all --workspace --all-features --no-default-features --features:t --package:t --lib --bin:t --bins --tests --test:t --example:t --examples --all-targets --quiet --verbose --message-format:t --locked --offline " ..
	"--frozen --jobs:t --no-run --no-fail-fast --profile:t --keep-going --check --doc --no-deps --fix --allow-dirty"
local go_options = "-v -race -run:t -count:t -cover -short -timeout:t -bench:t -benchmem -tags:t -o:w -json -failfast -coverprofile:w -parallel:t -p:t -n -x -trimpath"
local cargo, go = {}, {}
for _, name in ipairs({ "build", "b", "check", "c", "test", "t", "clippy", "fmt", "doc", "bench", "clean" }) do cargo[name] = builds(cargo_options, "x") end
for _, name in ipairs({ "test", "build", "vet", "fmt" }) do go[name] = builds(go_options, "x", { long = true }) end
go.version, go.list = looks("", ""), looks("-f:t -json -deps -test", "x", { long = true })

local test_options = "-q -v -x -s -l -k:t -m:t -n:t -r:t --tb:t --lf --ff --maxfail:t --co --collect-only --durations:t --cov? --no-cov --no-header --color:t --disable-warnings --last-failed --exitfirst --verbose --quiet --junitxml:w"
local modules = { -- of python -m
	pytest = builds(test_options, "x"), unittest = builds("-v -q -f -k:t -b -s:p -p:t", "x"), mypy = builds("-p:t --strict --ignore-missing-imports --pretty --show-error-codes", "p"),
	ruff = builds("-q --fix --diff --check --select:t --ignore:t --no-cache", "w"), black = builds("-q -l:t --check --diff --quiet", "w"), isort = builds("-q -c --check --check-only --diff", "w"), flake8 = builds("--max-line-length:t", "p"),
	pylint = builds("--disable:t --errors-only", "p"), py_compile = builds("", "p"), compileall = builds("-q", "p"),
}
local function of_python(v, c, spec, at)
	if #c.words == at and table.has({ "-V", "--version" }, c.words[at]) then return end
	local module = c.words[at] == "-m" and modules[c.words[at + 1] or ""]
	if not module then return ask(v, "A program in Python that nobody has looked at") end
	run(v, c, module, at + 2)
end

local node_tools = { -- of npx --no-install
	tsc = builds("-p:p -b --noEmit --project:p --build --pretty --skipLibCheck", "p"), eslint = builds("--fix --ext:t --max-warnings:t --quiet", "w"), prettier = builds("-c -w -l --check --write --list-different", "w"),
	jest = builds("-t:t -i -u --coverage --runInBand --silent --verbose --ci", "x"), vitest = builds("-t:t --run --coverage", "x"), mocha = builds("-g:t --bail --recursive", "x"),
}
local function of_npx(v, c, spec, at)
	local tool = table.has({ "--no-install", "--no" }, c.words[at]) and node_tools[c.words[at + 1] or ""]
	if not tool then return ask(v, "What npx runs may come from the network; --no-install says that it must be there") end
	run(v, c, tool, at + 2)
end

-- ---- all of them ----

local grep_options = "-r -R -n -i -l -L -c -w -x -o -E -F -P -v -h -H -s -q -a -I -e:t -f:p -A:t -B:t -C:t -m:t -# --include:g --exclude:t --exclude-dir:t --color? --recursive --line-number --ignore-case --files-with-matches --count --only-matching --max-count:t"
local grep = looks(grep_options, "tp", { instead = { "-e", "-f" }, also = tree_search })
local npm = builds("-s -w:t --silent --if-present --workspace:t --workspaces", "x", { own = script })
local python, words = { own = of_python }, { own = free, free = true }
local programs = {
	echo = words, printf = words, ["true"] = words, ["false"] = words, [":"] = words, exit = words, test = { own = conditions, free = true }, ["["] = { own = conditions, free = true }, sleep = words, basename = words, dirname = words, seq = words, which = words, type = words, pwd = words,
	whoami = words, nproc = words, tr = words, uname = words,
	ls = looks("-a -A -l -h -t -r -S -R -1 -d -F -i -s -G -p -g -o -n -x -C -c -u -X -L -H --color? --all --almost-all --human-readable --recursive --directory --sort:t --group-directories-first", "p"),
	cat = looks("-n -A -b -e -s -v -t -E -T", "p"), head = looks("-n:t -c:t -q -v -# --lines:t --bytes:t", "p"), tail = looks("-n:t -c:t -q -v -# --lines:t --bytes:t", "p"), wc = looks("-l -w -c -m -L --lines --words --bytes", "p"),
	sort = program("-u -r -n -k:t -t:t -h -V -f -s -b -c -g -d -z -o:w --unique --reverse --numeric-sort", "p"), uniq = program("-c -d -u -i -f:t -s:t -w:t --count", "pw"), cut = looks("-d:t -f:t -c:t -b:t -s --complement", "p"),
	diff = looks("-u -r -q -N -w -b -B -i -y -U? --brief --color? -x:t --exclude:t", "p", { also = tree_search }), cmp = looks("-s -l", "p"), comm = looks("-1 -2 -3", "p"), paste = looks("-d:t -s", "p"), nl = looks("-b:t", "p"), tac = looks("", "p"),
	stat = looks("-c:t -L", "p"), file = looks("-b -i", "p"), du = looks("-s -h -a -c -d:t --max-depth:t", "p"), tree = looks("-L:t -a -d -I:t -P:t -f -h -s --noreport", "p"), column = looks("-t -s:t", "p"), od = looks("-c -x -A:t -t:t -N:t -j:t -v", "p"),
	realpath = looks("-m -e -s", "p"), readlink = looks("-f -e -m", "p"), strings = looks("-n:t -a", "p"), md5sum = looks("", "p"), sha1sum = looks("", "p"), sha256sum = looks("", "p"), date = looks("-u -d:t -I? -R", "t"),
	grep = grep, egrep = grep, fgrep = grep,
	rg = program("-n -i -l -c -w -v -o -F -S -s -U -x -h -H -N -P -I -q -p -e:t -A:t -B:t -C:t -m:t -g:g -t:t -T:t -j:t -M:t -r:t -d:t --type:t --type-not:t --glob:g --iglob:g --files --files-with-matches --files-without-match --count --no-heading --heading " ..
		"--line-number --ignore-case --smart-case --max-count:t --max-depth:t --sort:t --json --stats --multiline --color:t --no-filename --with-filename --context:t --after-context:t --before-context:t --trim --vimgrep --only-matching --fixed-strings " ..
		"--word-regexp --column --no-messages", "tp", { instead = { "-e", "--files" } }),
	find = program("-name:t -iname:t -path:t -ipath:t -wholename:t -type:t -maxdepth:t -mindepth:t -not -o -a -and -or -size:t -mtime:t -mmin:t -newer:p -empty -print -print0 -prune -regex:t -iregex:t -ls -perm:t -xdev -quit -executable -depth -printf:t", "p", { long = true }),
	sed = program("-n -E -r -e:s --quiet --silent", "sp", { instead = { "-e" } }), awk = program("-F:t", "ap"), jq = program("-r -c -e -s -S -M -j --raw-output --compact-output --slurp --exit-status --indent:t --tab", "jp"),
	mkdir = program("-p -v --parents", "w"), touch = program("-c -a -m", "w"), tee = program("-a --append", "w"), rmdir = program("-p -v", "w"), mv = program("-v -f -n -i -u", "w"), cp = program("-r -R -a -v -f -n -p -u -i", "p", { also = copied }),
	rm = program("-r -R -f -v -i --recursive --force --verbose", "w", { also = removed }),
	chmod = program("-v -c", "ow", { also = function(v, c, seen, operands) if seen["-R"] or seen["--recursive"] then refuse(v, "Modes of whole folders are not changed") end end }),
	git = { own = of_git },
	npm = npm, pnpm = npm, yarn = npm, bun = npm, npx = { own = of_npx }, python = python, python3 = python, gofmt = program("-l -d -s -w", "w"),
	make = builds("-j? -k -s -B -n -C:p -O? --jobs? --silent --keep-going --dry-run --no-print-directory --always-make", "m"), ninja = builds("-C:p -j:t -v -k:t -n", "m"),
	cmake = builds("-S:p -B:w -G:t -D:d -j? --build:p --target:m --config:t --parallel? --clean-first --version", "p"), ctest = builds("-R:t -E:t -L:t -V -N -Q -j? -C:t -I:t --test-dir:p --output-on-failure --rerun-failed --timeout:t --verbose --stop-on-failure", "t"),
	cargo = by_word(cargo, "This runs, installs, publishes, or reaches the network"), go = by_word(go, "This runs, installs, or reaches the network"),
}
for name, spec in pairs(modules) do programs[name] = programs[name] or spec end
for _, group in ipairs({ programs, git, cargo, go, modules, node_tools }) do for name, spec in pairs(group) do spec.name = group == git and "git " .. name or name end end

local reaches = { "curl", "wget", "ssh", "scp", "sftp", "rsync", "nc", "ncat", "netcat", "telnet", "ftp", "socat", "ping", "dig", "host", "nslookup", "pip", "pip3", "pipx", "uv", "poetry", "gem", "bundle", "composer", "apt", "apt-get", "brew",
	"docker", "podman", "kubectl", "helm", "terraform", "aws", "gcloud", "az", "gh", "glab", "twine" }
local destroys = { "dd", "mkfs", "shred", "wipefs", "fdisk", "sfdisk", "parted", "blkdiscard", "shutdown", "reboot", "halt", "poweroff" }

-- ---- a line ----

-- What is only said is so wherever it runs.
local function says(c, spec)
	for _, one in ipairs(c.redirections) do
		if one.operator ~= ">&" and one.operator ~= "<<" and one.target ~= "/dev/null" then return false end
	end
	return spec ~= nil and spec.free == true
end

local function look_at_redirections(v, c)
	for _, one in ipairs(c.redirections) do
		if one.operator == ">" or one.operator == ">>" then look_at_path(v, one.target, one.mark, true)
		elseif one.operator == "<" then look_at_path(v, one.target, one.mark, false) end
	end
end

local function look_at_command(v, c)
	local spec = programs[c.name]
	v.folder, v.looks = c.folder, false
	if not c.known and not says(c, spec) then ask(v, "Nobody knows in which folder this runs: join `cd` by &&") end
	if c.folder ~= "" then look_at_path(v, ".", "plain", false) end
	look_at_redirections(v, c)
	if c.name == "cd" then
		local parts, absolute = locate(v, c.words[2])
		local within = depth(v, parts, absolute)
		look_at_names(v, parts, (within or 0) + 1, false)
		if within == nil then ask(v, "This goes outside of the tree") end
	elseif spec then run(v, c, spec, 2)
	elseif table.has(destroys, c.name) or c.name:starts("mkfs.") then refuse(v, "This destroys what nobody can bring back")
	elseif table.has(reaches, c.name) then ask(v, network)
	elseif #c.words > 0 then ask(v, "A program that this pack does not know") end
end

local function look_at_line(r)
	local v = { level = 0, why = "", folder = "", cwd = r.args:get(cwd_argument, ""), bytes = 0, builds = false, changes_builds = false }
	local line, code, why = r.args[command_argument]:shell(assignments)
	if line == nil then
		ask(v, string.format("The line cannot be read (%s): %s", code, why))
		return v
	end
	for _, c in ipairs(line) do look_at_command(v, c) end
	if v.builds and table.has(r.task.labels, build_label) then ask(v, "This builds by what the task has changed: it runs whatever stands there") end
	return v
end

local function answer(v)
	if v.level >= 2 then return deny { code = "coding", say = v.why } end
	if v.level == 1 then return step_up { approvers = approvers, ttl = "15m", say = v.why } end
	local taint = {}
	if v.changes_builds and build_label ~= "" then table.insert(taint, build_label) end
	return allow { taint = taint, say = v.builds and "Builds and tests run what was just written; no rule sees what that does" or "" }
end

local function look_at_file(r, writes)
	local v = { level = 0, why = "", folder = "", cwd = r.args:get(cwd_argument, ""), bytes = 0, builds = false, changes_builds = false }
	look_at_path(v, writes and r.args[path_argument] or r.args:get(path_argument, "."), "plain", writes)
	if r.args:get(path_argument, "."):starts("~") then ask(v, "This goes outside of the tree") end
	return v
end

rule { id = "coding-shell", on = shell_actions, effect = function(r) return answer(look_at_line(r)) end }
rule { id = "coding-read", on = read_actions, effect = function(r) return answer(look_at_file(r, false)) end }
rule { id = "coding-write", on = write_actions, effect = function(r) return answer(look_at_file(r, true)) end }
rule { id = "coding-fetch", on = fetch_actions, effect = step_up { approvers = approvers, ttl = "15m", say = "This reaches the network" } }
