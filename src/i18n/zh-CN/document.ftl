# documents
document-no-rate = { $currency } 没有对 { $base } 的汇率：请先在汇率表中添加，或在此填写
document-days = 不能早于 { $from }
document-closed = 单据已不能修改：请先退回草稿
document-has-lines = 已有明细按原来的值录入：请先删除明细
document-currency = 币种应为 { $currency }：请在金额前写 { $currency }
document-made-already = 已由此单据生成过，不能重复生成。
document-nothing-to-plan = 应收金额已全部列入回款计划。
document-too-late = 最后一期的到期日超出了日历范围。
document-more-than-open = 超过了未回款金额：{ $open }
