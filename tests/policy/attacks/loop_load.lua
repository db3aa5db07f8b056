-- expect: load_refused
-- a loop without end while the file is loaded
while true do end
