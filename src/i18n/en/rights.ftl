# rights
rights-none = None of your roles lets you { $does_en } { $en }.
rights-beyond = Your roles let you { $does_en } only some { $en }, and not this one.
rights-add-beyond = You may add { $en } only where your rights reach: this one would be out of them.
rights-field-hidden = You may not see { $en }.
rights-field-read = You may see { $en }, but not change it.
rights-only-administrators = Only an administrator gives roles and rights.
rights-not-oneself = Nobody changes by himself what his own rights hang on. Ask an administrator.
rights-last-administrator = There must be an active user with an administrator's role.
rights-no-such-object = There is no object { $name }. Name one, or * for all.
rights-no-such-field = { $object } has no field { $name }.
rights-title-shown = The field that a record is called by can't be hidden.
rights-filter-words = A right needs a filter over fields, such as level:A.
rights-bulk = Several at once needs the right for bulk operations.
rights-along = Records that you may not see would go with it.
rights-schema = Only an administrator changes the schema.
rights-undo = Your roles do not reach all { $en } of this change any more: nothing was taken back.
rights-restricted = Other records refer to it.
