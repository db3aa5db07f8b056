-- expect: load_refused
local trusted = ('hello').trusted
rule { id = 'x', on = 'pay.transfer', when = function(r) return trusted end, effect = allow {} }
