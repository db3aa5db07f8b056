-- expect: allow
-- quotes and line ends stay within their text
rule {
	id = "attack", on = "pay.transfer",
	effect = function(r)
		return allow { say = '"}],"error":null}\n\1' }
	end,
}
