//! What made-up companies are called.

/// First characters of a trade name (字号). No character stands twice, here and in the next lists: the names that
/// they make are all different.
pub(super) const FIRST: &str = "华鼎瑞恒盛金宏天中新远东海泰安嘉创智博德诚佳永昌正大联卓科凯润丰隆亿万百千国民长\
    宝富康顺兴旺通达星云宇腾飞龙凤鹏鸿翔雅美优品良精力强锐先领航启明光辉晨阳旭昊浩瀚洋江河山岳峰林森春秋银铭铂钧锦玉琪\
    瑶璟雷高立众合汇聚思维方圆欧亚伟建冠信";
/// Second characters of a trade name.
pub(super) const SECOND: &str = "信达通科源泰丰盛隆昌兴旺发利康安和顺祥瑞宝佳嘉美博创智诚德润泽恩亚欧凯迪特尔斯斌\
    华宇腾飞翔远航启明辉光阳晟昊浩海洋江川峰森奥贝力立锐拓思维程成诺纳邦国联盟众合汇聚群鑫铭鼎基业方圆正元亿晶星辰云天悦欣\
    荣之";
/// Third characters of the longer ones.
pub(super) const THIRD: &str = "达通瑞特尔斯德克思维信科泰安源邦力美佳诺";

/// What a Chinese company does, as its name says it, and its industry.
pub(super) const TRADES: &[(&str, &str)] = &[
    ("科技", "technology"), ("智能科技", "technology"), ("网络科技", "technology"), ("信息技术", "technology"),
    ("生物科技", "technology"), ("新材料", "technology"), ("智能装备", "technology"), ("物联网", "technology"),
    ("软件", "software"), ("数据服务", "software"), ("云计算", "software"), ("信息系统", "software"),
    ("电子", "electronics"), ("光电", "electronics"), ("半导体", "electronics"), ("微电子", "electronics"),
    ("电子元件", "electronics"), ("电器", "electronics"), ("照明", "electronics"), ("仪器仪表", "electronics"),
    ("机械", "manufacturing"), ("精密机械", "manufacturing"), ("机电设备", "manufacturing"), ("重工", "manufacturing"),
    ("自动化", "manufacturing"), ("数控设备", "manufacturing"), ("模具", "manufacturing"), ("五金制品", "manufacturing"),
    ("包装制品", "manufacturing"), ("塑胶制品", "manufacturing"), ("金属制品", "manufacturing"), ("阀门", "manufacturing"),
    ("轴承", "manufacturing"), ("工业设备", "manufacturing"), ("家具", "manufacturing"), ("通信", "telecommunications"),
    ("通讯设备", "telecommunications"), ("光纤通信", "telecommunications"), ("投资", "finance"), ("融资租赁", "finance"),
    ("商业保理", "finance"), ("置业", "real_estate"), ("房地产开发", "real_estate"), ("物业管理", "real_estate"),
    ("建筑工程", "construction"), ("建材", "construction"), ("装饰工程", "construction"), ("钢结构", "construction"),
    ("能源", "energy"), ("新能源", "energy"), ("电力设备", "energy"), ("光伏", "energy"), ("环保工程", "energy"),
    ("化工", "chemicals"), ("精细化工", "chemicals"), ("涂料", "chemicals"), ("汽车零部件", "automotive"),
    ("汽车销售", "automotive"), ("新能源汽车", "automotive"), ("医疗器械", "medical"), ("医药", "medical"),
    ("生物制药", "medical"), ("健康管理", "medical"), ("商贸", "retail"), ("百货", "retail"), ("电子商务", "retail"),
    ("国际贸易", "retail"), ("食品", "food"), ("餐饮管理", "food"), ("乳业", "food"), ("茶业", "food"), ("酒业", "food"),
    ("纺织", "textiles"), ("服饰", "textiles"), ("鞋业", "textiles"), ("农业", "agriculture"), ("种业", "agriculture"),
    ("牧业", "agriculture"), ("物流", "logistics"), ("供应链管理", "logistics"), ("国际货运", "logistics"),
    ("教育咨询", "education"), ("文化传媒", "entertainment"), ("广告", "marketing"), ("人力资源", "employment"),
    ("酒店管理", "services"), ("企业管理咨询", "services"), ("检测技术", "services"), ("旅游", "services"),
];

/// What follows.
pub(super) const LEGAL: &[(&str, u32)] =
    &[("有限公司", 62), ("股份有限公司", 14), ("有限责任公司", 8), ("集团有限公司", 9), ("集团", 4), ("集团股份有限公司", 3)];

/// Beginnings, middles and ends of made-up Latin names.
pub(super) const HEADS: &[&str] = &[
    "Al", "Ar", "Bel", "Bran", "Cal", "Cor", "Dal", "Del", "El", "Fen", "Fal", "Gal", "Gran", "Hal", "Her", "In", "Jor",
    "Kel", "Kor", "Lan", "Lum", "Mar", "Mer", "Nor", "Nov", "Or", "Pel", "Pro", "Quin", "Ran", "Ser", "Sol", "Tal",
    "Ter", "Um", "Val", "Ver", "Wel", "Xan", "Zen",
];
/// See [`HEADS`].
pub(super) const MIDDLES: &[&str] =
    &["a", "ba", "bi", "ca", "co", "da", "di", "e", "ga", "i", "ka", "la", "li", "ma", "mi", "na", "o", "ta", "ti", "vo"];
/// See [`HEADS`].
pub(super) const TAILS: &[&str] = &[
    "bridge", "cor", "dex", "dyne", "field", "flex", "gate", "gen", "graph", "l", "line", "lis", "lux", "mark", "n",
    "nex", "nix", "pact", "port", "r", "ris", "rom", "s", "scope", "sys", "tech", "tex", "tis", "tron", "vance", "vis",
    "vix", "ware", "wave", "works", "x", "xis", "zen", "zon", "zyme",
];

/// What a company with a Latin name does, and its industry.
pub(super) const LATIN_TRADES: &[(&str, &str)] = &[
    ("Technologies", "technology"), ("Labs", "technology"), ("Robotics", "technology"), ("Materials", "technology"),
    ("Software", "software"), ("Data", "software"), ("Cloud", "software"), ("Systems", "software"),
    ("Electronics", "electronics"), ("Semiconductors", "electronics"), ("Instruments", "electronics"),
    ("Lighting", "electronics"), ("Manufacturing", "manufacturing"), ("Machinery", "manufacturing"),
    ("Engineering", "manufacturing"), ("Tools", "manufacturing"), ("Packaging", "manufacturing"),
    ("Precision", "manufacturing"), ("Industries", "manufacturing"), ("Networks", "telecommunications"),
    ("Communications", "telecommunications"), ("Capital", "finance"), ("Insurance", "finance"),
    ("Properties", "real_estate"), ("Construction", "construction"), ("Builders", "construction"),
    ("Energy", "energy"), ("Solar", "energy"), ("Petroleum", "energy"), ("Chemicals", "chemicals"),
    ("Polymers", "chemicals"), ("Automotive", "automotive"), ("Motors", "automotive"), ("Medical", "medical"),
    ("Pharma", "medical"), ("Biosciences", "medical"), ("Trading", "retail"), ("Retail", "retail"),
    ("Stores", "retail"), ("Foods", "food"), ("Beverages", "food"), ("Textiles", "textiles"), ("Apparel", "textiles"),
    ("Farms", "agriculture"), ("Logistics", "logistics"), ("Shipping", "logistics"), ("Freight", "logistics"),
    ("Learning", "education"), ("Media", "entertainment"), ("Marketing", "marketing"), ("Staffing", "employment"),
    ("Consulting", "services"), ("Partners", "services"), ("Hotels", "services"),
];
