"""Whether a text is YAML at all; nothing is built of it."""


def yaml_trouble(text: str) -> str | None:
    """Why `text` is no YAML, with the line; None when it is, whatever its tags mean."""
    import yaml

    try:
        for _event in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark is not None else ""
        return f"{where}{error.problem}"
    except yaml.YAMLError as error:
        return str(error)
    return None
