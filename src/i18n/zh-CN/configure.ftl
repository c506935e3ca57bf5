# 在界面上编辑模式
configure-loses = 这会丢失已存数据，未作任何修改。
schema-edit-there = { $name } 已存在
touch-item-gone = { $place } 中有 { $number } 条记录使用此项，将只显示键值
touch-item-retired = { $place } 中有 { $number } 条记录使用此项，保留不变
touch-object-gone = 将丢失 { $number } 条记录
touch-field-gone = 将丢失 { $number } 个值
touch-field-new = { $number } 条记录中为空
touch-field-type = { $number } 个值将转换类型
touch-field-required = { $number } 条记录还没有值，下次修改时须填写
touch-field-retired = { $number } 个值保留，但不再显示在表单中
touch-stage = 有 { $number } 个商机处于此阶段
touch-pipeline = 有 { $number } 个商机使用此流程
touch-flow = { $number } 个审批正在进行，按原流程完成
touch-number = 只用于新记录；tcrm renumber { $object } 可预览其余
