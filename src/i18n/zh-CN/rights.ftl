# rights
rights-none = 您的角色没有{ $zh }的{ $does_zh }权限。
rights-beyond = 您的角色只能对一部分{ $zh }执行{ $does_zh }，不包括这一条。
rights-add-beyond = 只能在您的数据范围内新增{ $zh }，这一条超出了范围。
rights-field-hidden = 您无权查看“{ $zh }”。
rights-field-read = “{ $zh }”对您是只读的。
rights-only-administrators = 只有系统管理员可以授予角色和权限。
rights-not-oneself = 不能自己修改决定自身权限的信息，请联系系统管理员。
rights-last-administrator = 必须至少有一名在职的系统管理员。
rights-no-such-object = 没有对象 { $name }。请填写对象名称，* 表示全部。
rights-no-such-field = { $object } 没有字段 { $name }。
rights-title-shown = 记录的名称字段不能隐藏。
rights-filter-words = 权限的条件须按字段填写，例如 level:A。
rights-bulk = 批量操作需要相应的权限。
rights-along = 会连带删除您无权查看的记录。
rights-schema = 只有系统管理员可以修改对象定义。
rights-undo = 这次修改涉及您无权处理的{ $zh }，没有撤销。
rights-restricted = 还有其他记录引用它。
