-- expect: policy_error
rule { id = 'x', on = 'pay.transfer', when = function(r) r.args.text.trusted = true return r.args.text.trusted end, effect = allow {} }
