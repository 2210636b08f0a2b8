name = "{NAME}"
main = "src/index.ts"
compatibility_date = "2026-10-01"

# Puts the model where src/index.ts imports it from.
[build]
command = "./bazelw run //:model.copy -- src/model"
watch_dir = "models"

[observability]
enabled = true
