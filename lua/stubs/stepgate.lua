---@meta
-- Generated; the policy surface for lua-language-server.

---@class sg.effect
---@class sg.bound

---@class sg.open
---@field [string] any
local open = {}
---@param path string
---@param default any
---@return any
function open:get(path, default) end

---@class string
---@field labels string[] # taint of what brought the value; of what is unknown, all that task and domain have read
---@field origin string # task (another party said it), self (its own agent did), unknown, or the action whose outcome brought it or a piece of it
---@field source string # decision that brought it; may be empty
---@field trusted boolean # true if origin is task, or is neither unknown nor has labels

---@class number
---@field labels string[] # taint of what brought the value; of what is unknown, all that task and domain have read
---@field origin string # task (another party said it), self (its own agent did), unknown, or the action whose outcome brought it or a piece of it
---@field source string # decision that brought it; may be empty
---@field trusted boolean # true if origin is task, or is neither unknown nor has labels

---@class (exact) sg.request
---@field action sg.action # what was asked for, as the catalogue knows it
---@field agent sg.agent # who asks
---@field approval sg.approval? # the granted approval of exactly this action, from people who still may give it; nil without one. An allow is its one use wherever a rule looked at it
---@field args sg.open # the arguments. Untrusted: whoever steers the agent wrote them
---@field context sg.open # what the asker adds; it may only raise risk
---@field enforcer string? # the enforcer that asks for the agent; nil if it asks itself
---@field history sg.history # what the rule declared in needs
---@field instance sg.instance # the running incarnation of the agent
---@field outcome sg.outcome? # what really happened; in after hooks only, else nil
---@field provenance sg.origin[] # where the values in args were first seen; r.args.NAME.trusted is the short way
---@field resource sg.resource # what the action is done to
---@field sensitivity string # the effective level: the higher one of action and resource
---@field task sg.task # the task this action belongs to
---@field time sg.time # when it was asked: the only clock there is

---@class (exact) sg.action
---@field authority string[] # paths of the arguments that bear authority: payees, recipients, hosts ...
---@field class string # class in the catalogue
---@field effect string # read, write, execute ... in the catalogue
---@field environment string # environment it belongs to; empty for any
---@field name string # dotted name
---@field sensitivity string # public, internal, confidential, restricted

---@class (exact) sg.agent
---@field autonomy string # read-only, propose, act-and-tell, autonomous
---@field environment string # environment it is registered for
---@field id string # SPIFFE ID
---@field name string # name of its stanza
---@field owner string # who answers for it
---@field review_left integer # milliseconds until its review is due; negative when overdue
---@field strength string # how well it is proven: boundary, content, hint

---@class (exact) sg.approval
---@field at integer # seconds since 1970 at which the last of them said yes
---@field by string[] # stanzas of the admins who said yes, the first one first
---@field comment string # the words of the last of them who said some; "" if nobody did
---@field groups string[] # groups that approved
---@field id string # its id

---@class (exact) sg.budget
---@field bytes integer? # bytes left; nil: unlimited
---@field calls integer? # allowed actions left; nil: unlimited
---@field money integer? # money left, in hundredths; nil: unlimited
---@field tokens integer? # model tokens left; nil: unlimited

---@class (exact) sg.instance
---@field facts sg.open # what attestation modules stated
---@field id string # opaque id
---@field labels string[] # taint the instance gathered in all its tasks
---@field sensitivity string # the highest sensitivity it has touched

---@class (exact) sg.link
---@field agent string # name of the agent that works in this task
---@field intent string # its purpose
---@field narrowed string[] # what delegation took away here
---@field role string? # its role in the tree; nil: none
---@field task string # id of the task

---@class (exact) sg.origin
---@field labels string[] # taint of what brought the value
---@field origin string # task (another party said it), self (its own agent said it, before anything from outside had reached it), unknown, or the action whose outcome brought it
---@field source string # decision that brought it; may be empty
---@field value string|number # the value

---@class (exact) sg.outcome
---@field labels string[] # taint that came with the outcome
---@field result string # ok, failed, partial, unknown (also where nobody said anything in time)

---@class (exact) sg.resource
---@field environment string # environment it belongs to; empty for any
---@field id string # its id
---@field known boolean # does the catalogue have it?
---@field owner string # who answers for it; empty if nobody is named
---@field properties sg.open # further properties, from the asker
---@field sensitivity string # its level in the catalogue
---@field type string # its type

---@class (exact) sg.task
---@field age integer # milliseconds since it was opened
---@field budget sg.budget # what is left to spend
---@field chain sg.link[] # the tasks from the root down to this one
---@field classes string[] # classes of actions that its tree has used
---@field denied integer # attempts denied so far in the tree that it belongs to, but for outages of stepgate's own; a new task of the agent begins at 0
---@field depth integer # 0 for a task no other task made
---@field environment string # environment it works in
---@field id string # its id
---@field intent string # its purpose in the catalogue
---@field labels string[] # taint it gathered
---@field left integer # milliseconds until it ends
---@field on_behalf_of string? # the human it works for; nil: none named
---@field parent string? # id of the task that made it; nil for a root
---@field role string? # its role in the tree; nil: none
---@field root string # id of the first task of its tree
---@field sensitivity string # the highest sensitivity it has touched
---@field step_ups integer # step-ups it was asked for so far
---@field steps integer # allowed actions of the tree since the last human input; a new task of the agent begins at 0
---@field tainted boolean # true if labels is not empty

---@class (exact) sg.time
---@field here sg.here # the same where the office is (office in the configuration). Its name stands in a file of the set, or it is not asked with
---@field hour integer # 0 to 23, UTC
---@field minute integer # 0 to 59
---@field unix integer # seconds since 1970
---@field weekday integer # 1 is Monday, 7 is Sunday

---@class (exact) sg.here
---@field date string # the day there, such as "2026-12-25"
---@field holiday boolean # is it one of office.holidays?
---@field hour integer # 0 to 23, by the clock on the wall there
---@field minute integer # 0 to 59
---@field office boolean # is it within office.hours, and no holiday? Without hours never
---@field offset integer # seconds that the clock there is ahead of UTC
---@field weekday integer # 1 is Monday, 7 is Sunday, there
---@field zone string # office.zone of the configuration; "UTC" where it says nothing

---@class (exact) sg.history
---@field count table<string, integer> # how often, per pattern of needs.count
---@field did table<string, boolean> # whether at all, per pattern of needs.did
---@field never_together table<string, boolean> # whether, with this action, all would have happened: "web.** + pay.**"
---@field order table<string, boolean> # whether they happened in that order: "plan.write > plan.sign"
---@field since table<string, integer?> # milliseconds since the last one, nil if never, per pattern of needs.since
---@field sum table<string, integer> # how much was spent: "money:pay.*"; money in hundredths

---@class (exact) sg.allow
---@field narrow? table<string, sg.bound> # bounds on arguments, by path
---@field obligations? string[] # what the enforcer must do
---@field raise? string # sensitivity the task gets when the allow commits
---@field say? string # text for the agent
---@field taint? string[] # labels the task gets when the allow commits
---@field ttl? string|integer # longest life of the permission: "30s", or milliseconds

---@class (exact) sg.deny
---@field code? string # your own reason code
---@field freeze? boolean # stop the whole tree of the task, and its domain, until an operator looks
---@field only_task? boolean # with freeze: this task alone
---@field say? string # text for the agent

---@class (exact) sg.step_up
---@field approvers string # group whose members may approve; must be given
---@field methods? string[] # proofs that count: "admin", the socket of an admin, or stanzas of `prove`, at most 4 that there are; none = any
---@field narrow? table<string, sg.bound> # bounds on arguments, by path
---@field quorum? integer # how many humans, 1 to 16
---@field raise? string # sensitivity the task gets when what was approved commits
---@field say? string # text for agent and approver
---@field ttl? string|integer # how long the approval stands open

---@class (exact) sg.defer
---@field retry_after? string|integer # when asking again makes sense
---@field say? string # text for the agent

---@class (exact) sg.add
---@field freeze? boolean # stop the whole tree of the task, and its domain, until an operator looks
---@field only_task? boolean # with freeze: this task alone
---@field raise? string # raise the task's sensitivity to this
---@field revoke? boolean # take back all credentials of the task
---@field taint? string[] # labels the task gets

---@class (exact) sg.rule
---@field id string # unique over all files
---@field on string|string[] # action patterns: "pay.transfer", "pay.*" (one segment), "pay.**" (the rest)
---@field needs table? # what it needs to know of the past; see below
---@field when (fun(r: sg.request): boolean)? # must return true or false; left out = always
---@field otherwise boolean? # true: it is asked only where no other rule of the set, whatever its file, matches the action
---@field effect sg.effect|fun(r: sg.request): sg.effect # what is returned to the gate when the rule matches

---@class (exact) sg.after
---@field id string # unique over all files
---@field on string|string[] # action patterns
---@field effect fun(r: sg.request): sg.effect # returns add{...}; r.outcome.result says what happened

---@class (exact) sg.test
---@field id string # what it shows, in a word
---@field ask sg.ask # the request: action, and what differs from the default request
---@field expect string|sg.expect # allow, deny, step_up, defer, or a table of what must come out

---@class (exact) sg.policy
---@field name string? # of this file
---@field description string? # of this file
---@field owner string? # who answers for this file

---@class (exact) sg.ask
---@field action any # what was asked for, as the catalogue knows it
---@field agent? any # who asks
---@field approval? any # the granted approval of exactly this action, from people who still may give it; nil without one. An allow is its one use wherever a rule looked at it
---@field args? any # the arguments. Untrusted: whoever steers the agent wrote them
---@field context? any # what the asker adds; it may only raise risk
---@field enforcer? any # the enforcer that asks for the agent; nil if it asks itself
---@field history? any # what the rule declared in needs
---@field instance? any # the running incarnation of the agent
---@field outcome? any # what really happened; in after hooks only, else nil
---@field provenance? any # where the values in args were first seen; r.args.NAME.trusted is the short way
---@field resource? any # what the action is done to
---@field sensitivity? any # the effective level: the higher one of action and resource
---@field task? any # the task this action belongs to
---@field time? any # when it was asked: the only clock there is

---@class (exact) sg.expect
---@field code? string # the code callers see, as policy_denied, or the word the deny gave itself
---@field freeze? boolean # does it stop the task?
---@field groups? table<string, integer>|string[] # who must approve, and how many of them; exactly these groups
---@field narrowed? table<string, any> # effective values of the arguments that were cut, by path; exactly these
---@field obligations? string[] # what the enforcer must do; exactly these
---@field raise? string # sensitivity the task gets; empty: none
---@field retry_after? string|integer # of a defer
---@field revoke? boolean # of hooks: does it revoke what was issued?
---@field rule? string # id of the rule that decided
---@field say? string # its text for the agent
---@field silent? string[] # ids of rules that must not have spoken
---@field spoke? string[] # ids of rules that must have spoken
---@field taint? string[] # labels the task gets; exactly these
---@field ttl? string|integer # longest life of the permission
---@field verdict? string # allow, deny, step_up, defer; of hooks add or none

math = {}
string = {}
table = {}

---What an after hook adds; it can only make things stricter.
---@param members? sg.add
---@return sg.effect
function add(members) end

---Declares a hook that sees outcomes.
---@param hook sg.after
function after(hook) end

---Permission, perhaps narrowed.
---@param members? sg.allow|string
---@return sg.effect
function allow(members) end

---Fails the judgement (a deny) unless value is true.
---@param value any
---@param text? string
---@return any
function assert(value, text) end

---The argument is raised to at least this.
---@param number number
---@return sg.bound
function at_least(number) end

---The argument is cut to at most this.
---@param number number
---@return sg.bound
function at_most(number) end

---Not now: a deny that says when to ask again.
---@param members? sg.defer|string
---@return sg.effect
function defer(members) end

---Refusal; wins over everything.
---@param members? sg.deny|string
---@return sg.effect
function deny(members) end

---Fails the judgement (a deny). The text is for readers of the file; it is not recorded.
---@param text? string
function error(text) end

---Elements 1, 2, 3 ... of a list.
---@param list table
---@return function
function ipairs(list) end

---The argument must be one of these.
---@param values table
---@return sg.bound
function only(values) end

---Members, numbers first, then texts, each ascending. The order never varies.
---@param table table
---@return function
function pairs(table) end

---Names the file: name, description, owner. Once, at the top.
---@param about sg.policy
function policy(about) end

---Declares a rule.
---@param rule sg.rule
function rule(rule) end

---Arguments from the n-th on, or how many there are.
---@param n integer|'#'
---@param ... any
---@return any
function select(n, ...) end

---Permission once humans have approved.
---@param members sg.step_up
---@return sg.effect
function step_up(members) end

---A number from decimal text; nil if it is none.
---@param value any
---@return number?
function tonumber(value) end

---Text of a simple value; for others the name of their type, never an address.
---@param value any
---@return string
function tostring(value) end

---"nil", "boolean", "number", "string", "table", "function", "effect".
---@param value any
---@return string
function type(value) end

---Declares a test. In specs (NAME_test.lua) only.
---@param test sg.test
function test(test) end

---Absolute value.
---@param x number
---@return number
function math.abs(x) end

---Smallest integer not below x.
---@param x number
---@return integer
function math.ceil(x) end

---Largest integer not above x.
---@param x number
---@return integer
function math.floor(x) end

---The largest.
---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

---The smallest.
---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

---x as an integer if it is a whole number.
---@param x number
---@return integer?
function math.tointeger(x) end

---Is a level (of sensitivity, autonomy or strength) this one or above it? Raises for what is no level of that kind.
---@param level string
---@param other string
---@return boolean
function string.at_least(level, other) end

---Is it this one or below it? Likewise.
---@param level string
---@param other string
---@return boolean
function string.at_most(level, other) end

---Value of one byte.
---@param text string
---@param at? integer
---@return integer?
function string.byte(text, at) end

---Its parts in their normal form: host, user, text. Raises if it is no address, or more than one.
---@param text string
---@return table
function string.email(text) end

---Does text end so?
---@param text string
---@param suffix string
---@return boolean
function string.ends(text, suffix) end

---Where part stands in text, plainly; nil if nowhere.
---@param text string
---@param part string
---@param from? integer
---@return integer?
function string.find(text, part, from) end

---Its normal form (email, host, iban, ip, name, path, relative, uri, uuid: as in the catalogue). Raises if it has none.
---@param text string
---@param form string
---@return string
function string.form(text, form) end

---%s, %d, %q (quoted as JSON) and %% only; no widths.
---@param format string
---@param ... any
---@return string
function string.format(format, ...) end

---Does text fit the pattern? * is one segment, ** at the end the rest; segments are separated by "/" (or by "."). Stars never take an empty segment, a NUL, or ".." in any spelling; ** alone takes anything but those two, and a root is below itself (https://h/, s3://b, file:///, /). A literal last name is that name without a query: "https://h/x" does not fit "https://h/x?a=1".
---@param text string
---@param pattern string
---@param separator? string
---@return boolean
function string.glob(text, pattern, separator) end

---Its parts: text, version (4 or 6). Raises if it is no address.
---@param text string
---@return table
function string.ip(text) end

---Bytes.
---@param text string
---@return integer
function string.len(text) end

---ASCII letters in lower case.
---@param text string
---@return string
function string.lower(text) end

---Its parts: ending (behind the last dot of its name; empty if none), folder, name, text. Raises if it is no absolute path, or could be read as another one.
---@param text string
---@return table
function string.path(text) end

---The simple commands of a command line, in order; where it is not plainly readable nil, a code and what it means. Each has name (its first word, or ""), words, marks (of each word: plain, pattern, home), redirections (operator, fd, target, mark), assignments (name, value; those not named beforehand are not readable), after ("", ";", "&&", "||", "|"), folder (where it runs, from where the line begins) and known (false: nobody knows the folder).
---@param text string
---@param assignments? string[]
---@return table?, string?, string?
function string.shell(text, assignments) end

---Parts between separators, at most 1000.
---@param text string
---@param separator string
---@return string[]
function string.split(text, separator) end

---Does text begin so?
---@param text string
---@param prefix string
---@return boolean
function string.starts(text, prefix) end

---Bytes from .. to; negative counts from the end.
---@param text string
---@param from integer
---@param to? integer
---@return string
function string.sub(text, from, to) end

---Without blanks at both ends.
---@param text string
---@return string
function string.trim(text) end

---ASCII letters in upper case.
---@param text string
---@return string
function string.upper(text) end

---Its parts in their normal form: host, path, port (0: the scheme's own), query, scheme, text. Raises if it is none, or could be read as another one.
---@param text string
---@return table
function string.uri(text) end

---Texts and numbers joined.
---@param list table
---@param separator? string
---@return string
function table.concat(list, separator) end

---Is value an element of the list?
---@param list table
---@param value any
---@return boolean
function table.has(list, value) end

---Appends.
---@param list table
---@param value any
function table.insert(list, value) end

---Takes the last element.
---@param list table
---@return any
function table.remove(list) end

---A sorted copy of a list of numbers or of texts.
---@param list table
---@return table
function table.sorted(list) end
