# campaigns
campaign-nobody = 没有符合条件的{ $zh }。
campaign-too-many = 符合条件的超过 { $most } 条，一次最多添加这么多：请缩小范围，分几次添加。
