-- expect: no_effect|policy_steps
-- many look-ups of a huge text cost what they cost
rule { id = 'x', on = 'pay.transfer', when = function(r) for i = 1, 1e6 do if r.args.big.trusted then return true end end return false end, effect = allow {} }
