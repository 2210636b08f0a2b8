"""An action that assembles a folder of files."""

def assemble_folder(ctx, places, mnemonic):
    """Declares the action that copies files, which anybody may read, to places in a folder.

    Args:
      ctx: a rule context.
      places: place in the folder -> File; the shell expands a place.
      mnemonic: the action's.

    Returns:
      the folder, a File of the rule's name.
    """
    folder = ctx.actions.declare_directory(ctx.label.name)
    commands = ["set -e"] + [
        'install -D -m 644 "{}" "{}/{}"'.format(file.path, folder.path, place)
        for place, file in places.items()
    ]
    ctx.actions.run_shell(
        command = "\n".join(commands),
        inputs = places.values(),
        outputs = [folder],
        mnemonic = mnemonic,
        progress_message = "Assembling %{label}",
    )
    return folder
