# backend
error-not-found = There is no { $what }
field-not-editable = { $field } can’t be set by hand
field-unknown = { $object } has no field "{ $name }"; tcrm schema show { $object } lists them
field-unknown-near = { $object } has no field "{ $name }". Did you mean { $near }?
backend-job-lost = The work was lost by a fault of tcrm. Please report it.
backend-no-user = There is no user { $login }.
backend-watch = Other programs' changes can't be noticed: { $detail }
backend-no-folder = { $path } can't be listed: { $why }
backend-no-files = Files can't be attached here: the store is read-only
