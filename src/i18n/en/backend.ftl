# backend
error-not-found = There is no { $what }
field-not-editable = { $field } can’t be set by hand
