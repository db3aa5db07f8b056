-- expect: policy_state
-- labels of one request, kept for the next
local kept = {}
rule { id = 'x', on = 'pay.transfer', when = function(r) kept.labels = r.args.text.labels return true end, effect = allow {} }
