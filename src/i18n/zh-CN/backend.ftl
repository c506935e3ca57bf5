# backend
error-not-found = 找不到{ $what }
field-not-editable = { $field }不能手工填写
field-unknown = { $object } 没有字段“{ $name }”；用 tcrm schema show { $object } 查看
field-unknown-near = { $object } 没有字段“{ $name }”，是不是 { $near }？
backend-job-lost = 由于 tcrm 的故障，操作没有完成。请报告此问题。
backend-no-user = 没有用户 { $login }。
backend-watch = 无法得知其他程序的修改:{ $detail }
backend-no-folder = 无法列出 { $path }：{ $why }
backend-no-files = 存储是只读的，不能添加附件
