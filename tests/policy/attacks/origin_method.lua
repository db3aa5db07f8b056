-- expect: no_effect
-- a value that is called like a member or a method stays a value
rule { id = 'x', on = 'pay.transfer', when = function(r) return r.args.name.trusted or r.args.name:upper() ~= 'TRUSTED' or r.args.method:upper() ~= 'UPPER' end, effect = allow {} }
