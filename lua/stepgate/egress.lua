-- After restricted data nothing leaves. What leaves:
--   every action of class web: an address that is fetched carries data out as well as a form that is sent;
--   whatever writes, executes or delegates on a resource that the catalogue does not have.
-- An instance that has touched restricted data in another task counts as well: closing the task does not make it forget.
policy { name = "egress", description = "Nothing leaves after restricted data was touched", owner = "security" }

local function leaves(r)
	return r.action.class == "web" or (r.action.effect ~= "read" and not r.resource.known)
end

rule {
	id = "egress-after-restricted",
	on = "**",
	when = function(r)
		return (r.task.sensitivity == "restricted" or r.instance.sensitivity == "restricted") and leaves(r)
	end,
	effect = deny { code = "egress", say = "This task has touched restricted data, so nothing may leave it any more" },
}
