## 离线工作

offline-cache = 本机保存的服务器数据已损坏：请删除后重新获取
offline-folder = 无法使用 { $path } 保存服务器数据：{ $reason }
offline-other-user = 当前登录的不是本机数据所属的用户：请用原用户登录，或使用单独的配置
offline-not-allowed = 您没有此项权限（以服务器上次的答复为准）
offline-needs-server = 此操作需要服务器，目前无法连接
offline-no-undo = 没有可撤销的离线操作；已在服务器上的操作请在恢复连接后撤销
offline-no-pending = 没有编号为 { $number } 的待发送或被拒绝的更改
offline-not-amended = 操作只能重试或放弃
