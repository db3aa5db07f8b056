-- expect: no_effect
rule { id = 'x', on = 'pay.transfer', when = function(r) return (0/0).trusted or (1/0).trusted or (2^63).trusted or (0x7fffffffffffffff).trusted end, effect = allow {} }
