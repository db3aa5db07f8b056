-- expect: no_effect
-- what policy puts together itself is unknown
rule { id = 'x', on = 'pay.transfer', when = function(r) return (r.args.method .. ' ').trusted or ('u' .. 'pper '):trim():sub(1, 4).trusted end, effect = allow {} }
