# domain: 一行里输入的内容

filter-unexpected-end = 筛选条件还没写完
filter-unexpected = 这里不能出现“{ $found }”
filter-unclosed-paren = 这个括号没有闭合
filter-unclosed-quote = 这个引号没有闭合
filter-too-deep = 嵌套超过 { $limit } 层
filter-too-long = 筛选条件超过 { $limit } 字节
filter-expected-condition = 词或条件
filter-expected-value = 值
filter-expected-close-paren = 右括号
filter-expected-close-quote = 右引号

when-empty = 没有填写日期
when-unknown = “{ $text }”不是日期或时间
when-ambiguous = “{ $text }”有多种读法，请先写年份，例如 2026-11-22
when-no-such-date = 没有 { $date } 这一天
when-no-such-time = 没有“{ $text }”这个时间
when-skipped = 时钟调整跳过了 { $time }
when-not-a-day = 这里只能填日期，不能带时间
when-reversed = 范围的结束早于开始
when-out-of-range = 日期超出范围

amount-empty = 没有填写数字
amount-unknown = “{ $text }”不是数字
amount-grouping = “{ $text }”里的逗号不是千位分隔，小数点请写“.”
amount-currencies = 币种不能同时是 { $first } 和 { $second }
amount-too-long = 数字位数太多

formula-unexpected-end = 公式没写完，缺少一个值
formula-unexpected = 这里不能出现“{ $found }”
formula-unclosed-paren = 这个括号没有闭合
formula-unclosed-quote = 这个引号没有闭合
formula-bad-number = “{ $text }”不是数字
formula-unknown-function = 没有函数“{ $name }”
formula-argument-count = “{ $name }”需要 { $takes } 个参数，现在是 { $given } 个
formula-chained-comparison = 比较不能连写，请用 and 连接
formula-too-deep = 嵌套超过 { $limit } 层
formula-too-long = 公式超过 { $limit } 字节
formula-wrong-kind = “{ $what }”不能用于{ $found ->
    [formula-kind-text] 文本
    [formula-kind-number] 数字
    [formula-kind-date] 日期
    [formula-kind-datetime] 时间
    [formula-kind-bool] 是/否
   *[other] 空值
 }
formula-mismatch = “{ $what }”不能同时用于这两种值
formula-out-of-range = “{ $what }”的参数超出范围
formula-overflow = “{ $what }”的结果太大
formula-kind-empty = 空值
formula-kind-text = 文本
formula-kind-number = 数字
formula-kind-date = 日期
formula-kind-datetime = 时间
formula-kind-bool = 是/否
