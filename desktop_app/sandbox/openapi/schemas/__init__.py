"""Shapes of the API's answers: one file per kind of object, with the rule of each key.

A key that ends in `?` is optional. A rule is one or more of these, joined with `or`:

- `string`, `integer`, `boolean`, `null`, `object` (any keys), `empty list`, `strings` (a list)
- `id order`: a string such as `order_` and 14 letters or digits
- `instant`: whole Unix seconds
- `notes`: an object with the caller's keys, or an empty list
- `= a | b`: one of these strings
- the name of another file, or `list of` and such a name: a list, or a collection with `items`
"""
