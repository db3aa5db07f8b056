-- Whom money goes to, who is written to, which host is called: such arguments must come from the task's own inputs or from
-- a source without taint. Which arguments bear authority stands in the catalogue (authority = [ "iban", "to" ]).
policy { name = "authority", description = "Arguments that bear authority come from the task or a trusted source", owner = "security" }

local step

-- Is there a text or number below `value`, at the rest of the path from `at` on, that is not trusted? A list along the way
-- stands for all its elements. A text that stands where the path goes on is taken for what it leads to.
local function untrusted(value, path, at)
	if type(value) == "string" or type(value) == "number" then return not value.trusted end
	if type(value) ~= "table" then return false end
	for name, below in pairs(value) do
		if at > #path and type(name) == "string" and not name.trusted then return true end -- a name says what its writer likes
		local next = step(name, path, at)
		if next and untrusted(below, path, next) then return true end
	end
	return false
end

-- Where in the path one is after the member `name`; nil if it leads elsewhere.
step = function(name, path, at)
	if at > #path then return at end
	local place = tonumber(path[at]) ~= nil -- "to.0.iban": whatever place a path names, a list stands for all its elements
	if name == path[at] then return at + 1 end
	if type(name) == "number" or tonumber(name) then return place and at + 1 or at end -- also a list that is written as an object
	if place then return step(name, path, at + 1) end -- what stands where a list should
	if type(name) == "string" and name:starts(path[at] .. ".") then return #path + 1 end -- "payee.iban" as one name
	return nil
end

local function first_untrusted(r)
	for _, path in ipairs(r.action.authority) do
		if untrusted(r.args, path:split("."), 1) then return path end
	end
	return nil
end

rule {
	id = "authority-untrusted",
	on = "**",
	when = function(r) return first_untrusted(r) ~= nil end,
	effect = function(r)
		return deny {
			code = "untrusted_argument",
			say = string.format("The argument %q must come from the task's own inputs or from a trusted source", first_untrusted(r)),
		}
	end,
}
