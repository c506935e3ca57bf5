# config
config-no-file = 没有这个文件
config-io = 无法读取：{ $reason }
config-utf8 = 从这里起不是 UTF-8；请把文件存为 UTF-8
config-syntax = 不是有效的 TOML：{ $zh }
config-unknown = 没有设置项“{ $name }”
config-unknown-near = 没有设置项“{ $name }”，是不是“{ $near }”？
config-type = 这里要{ $wanted ->
    [table] 一节设置
    [boolean] { " true 或 false" }
    [number] 整数
    [text] 带引号的文字
   *[keys] 带引号的键名
}，不是{ $given ->
    [string] 文字
    [integer] 数字
    [float] 小数
    [boolean] true 或 false
    [datetime] 日期
    [array] 列表
   *[table] 一节
}
config-range = 这里要 { $least } 到 { $most } 之间的数字
config-choice = “{ $value }”不在可选值中：{ $choices }
config-choice-near = “{ $value }”不在可选值中：{ $choices }，是不是“{ $near }”？
config-zone = “{ $name }”不是时区；请写成“Asia/Shanghai”这样
config-currency = “{ $name }”不是币种；请写三个大写字母，如“CNY”
config-profile = 配置中没有名为“{ $name }”的档案。已有：{ $known }
config-keep-near = 没有对象“{ $object }”；是否指“{ $near }”？
config-keep-filter = { $object } 的筛选：{ $what }
config-keep-filter-near = { $object } 的筛选：{ $what }；是否指“{ $near }”？
config-secret-command = secret = "command" 还需要命令：token_command = "…"
config-secret-twice = token_command 已给出该秘密：两者去掉一个
config-secret-file = 秘密已放在 token_file：两者去掉一个
