-- expect: policy_state
local before
rule { id = 'x', on = 'pay.transfer', when = function(r) if before then return before[1] == 'web' end before = r.args.text.labels return true end, effect = allow {} }
