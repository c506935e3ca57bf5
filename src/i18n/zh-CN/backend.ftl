# backend
error-not-found = 找不到{ $what }
field-not-editable = { $field }不能手工填写
