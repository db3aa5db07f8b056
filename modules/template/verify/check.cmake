# What the conformance check hands to the module: --option NAME=VALUE, --grant NAME=KIND:WHAT (NAME=KIND is a stand-in).
# A token that it takes belongs here, once it takes one: --token FILE (--chain FILE: certificates). Without it the check cannot tell it from a module that refuses everything.
set(CHECK --option issuer=https://login.example)
