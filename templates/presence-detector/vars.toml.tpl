# What is looked for: a class of models/*.labels.txt, and how sure the network must be, 0 to 1.
[vars]
PRESENCE_CLASS = {CLASS}
PRESENCE_THRESHOLD = 0.5
