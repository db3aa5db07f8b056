# What the conformance check hands to the module: --grant key=secret is a stand-in, a new key. --claim and --argument NAME=VALUE add to the request.
set(CHECK --grant key=secret)
