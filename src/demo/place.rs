//! Where made-up companies are.

/// A Chinese city.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct City {
    pub(super) province: &'static str,
    pub(super) name: &'static str,
    /// The telephone's area code.
    pub(super) area: &'static str,
    pub(super) postcode: &'static str,
    /// The administrative division's number.
    pub(super) division: &'static str,
    /// How many companies it has beside others.
    pub(super) weight: u32,
    /// Some districts, between blanks.
    pub(super) districts: &'static str,
}

const fn city(
    (province, name): (&'static str, &'static str),
    (area, postcode, division): (&'static str, &'static str, &'static str),
    weight: u32,
    districts: &'static str,
) -> City {
    City { province, name, area, postcode, division, weight, districts }
}

/// The cities.
pub(super) const CITIES: &[City] = &[
    city(("北京", "北京"), ("010", "100000", "110108"), 12, "朝阳区 海淀区 丰台区 大兴区 昌平区 通州区"),
    city(("上海", "上海"), ("021", "200000", "310115"), 12, "浦东新区 闵行区 徐汇区 嘉定区 松江区 宝山区"),
    city(("广东", "深圳"), ("0755", "518000", "440300"), 11, "南山区 宝安区 福田区 龙岗区 龙华区 光明区"),
    city(("广东", "广州"), ("020", "510000", "440101"), 9, "天河区 黄埔区 番禺区 白云区 海珠区"),
    city(("广东", "东莞"), ("0769", "523000", "441900"), 5, "南城街道 长安镇 松山湖 虎门镇 塘厦镇"),
    city(("广东", "佛山"), ("0757", "528000", "440605"), 4, "顺德区 南海区 禅城区"),
    city(("广东", "珠海"), ("0756", "519000", "440402"), 2, "香洲区 金湾区 斗门区"),
    city(("广东", "惠州"), ("0752", "516000", "441302"), 2, "惠城区 惠阳区 仲恺区"),
    city(("广东", "中山"), ("0760", "528400", "442000"), 2, "东区 火炬开发区 小榄镇"),
    city(("江苏", "苏州"), ("0512", "215000", "320594"), 8, "工业园区 吴中区 相城区 吴江区 虎丘区"),
    city(("江苏", "南京"), ("025", "210000", "320115"), 6, "江宁区 雨花台区 鼓楼区 浦口区"),
    city(("江苏", "无锡"), ("0510", "214000", "320214"), 5, "新吴区 滨湖区 惠山区"),
    city(("江苏", "常州"), ("0519", "213000", "320412"), 3, "武进区 新北区 天宁区"),
    city(("江苏", "南通"), ("0513", "226000", "320602"), 3, "崇川区 通州区 海门区"),
    city(("江苏", "徐州"), ("0516", "221000", "320303"), 2, "云龙区 铜山区 鼓楼区"),
    city(("浙江", "杭州"), ("0571", "310000", "330108"), 8, "滨江区 余杭区 西湖区 萧山区 拱墅区"),
    city(("浙江", "宁波"), ("0574", "315000", "330212"), 5, "鄞州区 北仑区 海曙区 镇海区"),
    city(("浙江", "温州"), ("0577", "325000", "330302"), 3, "鹿城区 龙湾区 瓯海区"),
    city(("浙江", "嘉兴"), ("0573", "314000", "330402"), 3, "南湖区 秀洲区"),
    city(("浙江", "绍兴"), ("0575", "312000", "330602"), 2, "越城区 柯桥区 上虞区"),
    city(("浙江", "金华"), ("0579", "321000", "330702"), 2, "婺城区 金东区"),
    city(("天津", "天津"), ("022", "300000", "120116"), 5, "滨海新区 南开区 西青区 武清区"),
    city(("重庆", "重庆"), ("023", "400000", "500112"), 5, "渝北区 江北区 九龙坡区 北碚区"),
    city(("四川", "成都"), ("028", "610000", "510107"), 7, "武侯区 高新区 青羊区 双流区 郫都区"),
    city(("四川", "绵阳"), ("0816", "621000", "510703"), 1, "涪城区 游仙区"),
    city(("湖北", "武汉"), ("027", "430000", "420111"), 6, "洪山区 江夏区 武昌区 东西湖区"),
    city(("湖北", "宜昌"), ("0717", "443000", "420503"), 1, "西陵区 伍家岗区"),
    city(("湖南", "长沙"), ("0731", "410000", "430104"), 4, "岳麓区 雨花区 芙蓉区 长沙县"),
    city(("湖南", "株洲"), ("0731", "412000", "430211"), 1, "天元区 石峰区"),
    city(("山东", "青岛"), ("0532", "266000", "370212"), 5, "崂山区 黄岛区 市南区 城阳区"),
    city(("山东", "济南"), ("0531", "250000", "370102"), 4, "历下区 历城区 高新区"),
    city(("山东", "烟台"), ("0535", "264000", "370613"), 2, "芝罘区 莱山区 福山区"),
    city(("山东", "潍坊"), ("0536", "261000", "370705"), 2, "奎文区 潍城区 坊子区"),
    city(("福建", "厦门"), ("0592", "361000", "350203"), 4, "思明区 湖里区 集美区 海沧区"),
    city(("福建", "福州"), ("0591", "350000", "350102"), 3, "鼓楼区 仓山区 马尾区"),
    city(("福建", "泉州"), ("0595", "362000", "350503"), 3, "丰泽区 鲤城区 晋江市"),
    city(("河南", "郑州"), ("0371", "450000", "410105"), 4, "金水区 郑东新区 高新区 中原区"),
    city(("河南", "洛阳"), ("0379", "471000", "410311"), 1, "洛龙区 涧西区"),
    city(("河北", "石家庄"), ("0311", "050000", "130108"), 2, "裕华区 长安区 桥西区"),
    city(("河北", "唐山"), ("0315", "063000", "130203"), 1, "路北区 丰润区"),
    city(("河北", "保定"), ("0312", "071000", "130606"), 1, "莲池区 竞秀区"),
    city(("安徽", "合肥"), ("0551", "230000", "340104"), 4, "蜀山区 包河区 高新区 庐阳区"),
    city(("安徽", "芜湖"), ("0553", "241000", "340207"), 2, "鸠江区 弋江区"),
    city(("陕西", "西安"), ("029", "710000", "610113"), 5, "雁塔区 高新区 未央区 长安区"),
    city(("辽宁", "大连"), ("0411", "116000", "210211"), 3, "甘井子区 沙河口区 金州区"),
    city(("辽宁", "沈阳"), ("024", "110000", "210112"), 3, "浑南区 铁西区 沈河区"),
    city(("吉林", "长春"), ("0431", "130000", "220104"), 2, "朝阳区 南关区 宽城区"),
    city(("黑龙江", "哈尔滨"), ("0451", "150000", "230103"), 2, "南岗区 松北区 道里区"),
    city(("江西", "南昌"), ("0791", "330000", "360111"), 2, "青山湖区 红谷滩区"),
    city(("广西", "南宁"), ("0771", "530000", "450103"), 2, "青秀区 西乡塘区 江南区"),
    city(("云南", "昆明"), ("0871", "650000", "530111"), 2, "官渡区 五华区 呈贡区"),
    city(("贵州", "贵阳"), ("0851", "550000", "520115"), 2, "观山湖区 南明区 乌当区"),
    city(("山西", "太原"), ("0351", "030000", "140105"), 2, "小店区 万柏林区"),
    city(("甘肃", "兰州"), ("0931", "730000", "620102"), 1, "城关区 七里河区"),
    city(("内蒙古", "呼和浩特"), ("0471", "010000", "150105"), 1, "赛罕区 新城区"),
    city(("新疆", "乌鲁木齐"), ("0991", "830000", "650104"), 1, "新市区 天山区"),
    city(("海南", "海口"), ("0898", "570100", "460106"), 1, "龙华区 美兰区"),
    city(("宁夏", "银川"), ("0951", "750000", "640106"), 1, "金凤区 兴庆区"),
];

/// Roads that every city might have.
pub(super) const ROADS: &[&str] = &[
    "人民路",
    "中山路",
    "解放路",
    "建设大道",
    "科技路",
    "创业路",
    "工业大道",
    "软件园路",
    "高新一路",
    "高新南路",
    "和平路",
    "迎宾大道",
    "滨江大道",
    "长江路",
    "黄河路",
    "文化路",
    "学院路",
    "光明路",
    "新华路",
    "振兴路",
    "发展大道",
    "兴业路",
    "金融街",
    "商务中路",
    "东风路",
    "胜利路",
    "友谊路",
    "朝阳路",
    "环城北路",
    "园区一路",
    "兴园路",
    "天府大道",
];

/// What follows a house's number.
pub(super) const HOUSES: &[&str] =
    &["", "", "", "科技大厦", "创新大厦", "国际中心", "软件园", "产业园", "商务中心", "工业园", "孵化基地", "广场"];

/// A city abroad.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Abroad {
    pub(super) country: &'static str,
    pub(super) city: &'static str,
    /// What a telephone number begins with.
    pub(super) dial: &'static str,
    /// Letters of the country's tax numbers.
    pub(super) tax: &'static str,
    /// What companies call themselves, between bars.
    pub(super) legal: &'static str,
    pub(super) weight: u32,
}

const fn abroad(
    (country, city): (&'static str, &'static str),
    dial: &'static str,
    tax: &'static str,
    legal: &'static str,
    weight: u32,
) -> Abroad {
    Abroad { country, city, dial, tax, legal, weight }
}

/// The cities abroad.
pub(super) const ABROAD: &[Abroad] = &[
    abroad(("美国", "New York"), "+1 212", "US", "Inc.|LLC|Corp.|Corporation", 5),
    abroad(("美国", "Chicago"), "+1 312", "US", "Inc.|LLC|Corp.|Co.", 4),
    abroad(("美国", "Boston"), "+1 617", "US", "Inc.|LLC|Corp.", 3),
    abroad(("美国", "Seattle"), "+1 206", "US", "Inc.|LLC", 3),
    abroad(("美国", "San Jose"), "+1 408", "US", "Inc.|Corp.|Systems Inc.", 4),
    abroad(("美国", "Houston"), "+1 713", "US", "LLC|Inc.|LP", 3),
    abroad(("加拿大", "Toronto"), "+1 416", "CA", "Inc.|Ltd.", 3),
    abroad(("英国", "London"), "+44 20", "GB", "Ltd|PLC|Limited|Group plc", 5),
    abroad(("英国", "Manchester"), "+44 161", "GB", "Ltd|Limited", 2),
    abroad(("德国", "München"), "+49 89", "DE", "GmbH|AG|GmbH & Co. KG", 4),
    abroad(("德国", "Hamburg"), "+49 40", "DE", "GmbH|SE|GmbH & Co. KG", 3),
    abroad(("法国", "Paris"), "+33 1", "FR", "S.A.|SAS|SARL", 3),
    abroad(("法国", "Lyon"), "+33 4", "FR", "SAS|SARL", 2),
    abroad(("荷兰", "Rotterdam"), "+31 10", "NL", "B.V.|N.V.", 3),
    abroad(("瑞典", "Göteborg"), "+46 31", "SE", "AB", 2),
    abroad(("西班牙", "Barcelona"), "+34 93", "ES", "S.L.|S.A.", 2),
    abroad(("意大利", "Milano"), "+39 02", "IT", "S.p.A.|S.r.l.", 3),
    abroad(("新加坡", "Singapore"), "+65", "SG", "Pte Ltd|Holdings Pte Ltd", 5),
    abroad(("马来西亚", "Kuala Lumpur"), "+60 3", "MY", "Sdn Bhd|Bhd", 3),
    abroad(("泰国", "Bangkok"), "+66 2", "TH", "Co., Ltd.|PCL", 3),
    abroad(("越南", "Ho Chi Minh City"), "+84 28", "VN", "JSC|Co., Ltd.", 3),
    abroad(("日本", "Osaka"), "+81 6", "JP", "K.K.|Co., Ltd.", 3),
    abroad(("韩国", "Seoul"), "+82 2", "KR", "Co., Ltd.|Corporation", 3),
    abroad(("印度", "Mumbai"), "+91 22", "IN", "Pvt Ltd|Ltd", 3),
    abroad(("澳大利亚", "Sydney"), "+61 2", "AU", "Pty Ltd|Ltd", 3),
    abroad(("阿联酋", "Dubai"), "+971 4", "AE", "FZE|LLC|FZCO", 2),
    abroad(("巴西", "São Paulo"), "+55 11", "BR", "Ltda.|S.A.", 2),
];

/// Streets abroad.
pub(super) const STREETS: &[&str] = &[
    "Harbour Street",
    "Station Road",
    "King Street",
    "Industrial Avenue",
    "Park Lane",
    "River Road",
    "Market Street",
    "Mill Lane",
    "Victoria Street",
    "Airport Road",
    "Technology Drive",
    "Lake View Road",
    "Orchard Road",
    "Church Street",
    "Commerce Way",
    "Garden Avenue",
    "North Quay",
    "Bridge Street",
];
