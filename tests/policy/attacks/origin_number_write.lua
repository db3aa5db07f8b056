-- expect: policy_error
rule { id = 'x', on = 'pay.transfer', when = function(r) local n = 5 n.trusted = true return n.trusted end, effect = allow {} }
