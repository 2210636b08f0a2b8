name = "{NAME}"
main = "src/index.js"
compatibility_date = "2026-10-01"

# The folder is uploaded as it is: all of src is modules, .wasm and .bin by wrangler's own rules.
no_bundle = true
find_additional_modules = true
rules = [{ type = "ESModule", globs = ["**/*.js"] }]

[observability]
enabled = true
{SETTINGS}