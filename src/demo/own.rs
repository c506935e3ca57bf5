//! The own company: departments, people, products.

use super::calendar::WORK_DAY;
use super::person;
use super::rights;
use super::row::Row;
use super::world::{FIRST_TEAM, Table, World};
use crate::domain::value::Value;

/// Name, parent, head, description.
const DEPARTMENTS: [(&str, Option<usize>, usize, &str); 11] = [
    ("全公司", None, 0, "Whole company"),
    ("销售部", Some(0), 1, "Sales"),
    ("工程部", Some(0), 2, "Engineering"),
    ("财务部", Some(0), 3, "Finance"),
    ("市场部", Some(0), 4, "Marketing"),
    ("客户服务部", Some(0), 5, "Service"),
    ("华东销售组", Some(1), 9, "上海、江苏、浙江、安徽、江西、山东"),
    ("华南销售组", Some(1), 10, "广东、广西、福建、海南"),
    ("华北销售组", Some(1), 11, "北京、天津、河北、山西、内蒙古、东北"),
    ("中西部销售组", Some(1), 12, "华中、西南、西北"),
    ("海外销售组", Some(1), 13, "Overseas customers"),
];

/// The sales team (from 0) of a province; `None` for abroad.
pub(super) fn team(province: Option<&str>) -> usize {
    match province {
        None => 4,
        Some("上海" | "江苏" | "浙江" | "安徽" | "江西" | "山东") => 0,
        Some("广东" | "广西" | "福建" | "海南") => 1,
        Some("北京" | "天津" | "河北" | "山西" | "内蒙古" | "辽宁" | "吉林" | "黑龙江") => 2,
        Some(_) => 3,
    }
}

/// Something that the company sells.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Product {
    pub(super) name: &'static str,
    /// What customers abroad call it.
    pub(super) latin: &'static str,
    series: &'static str,
    category: &'static str,
    pub(super) unit: &'static str,
    /// Yuan.
    pub(super) price: i64,
}

const fn product(
    (name, latin): (&'static str, &'static str),
    (series, category, unit): (&'static str, &'static str, &'static str),
    price: i64,
) -> Product {
    Product { name, latin, series, category, unit, price }
}

/// The products.
pub(super) const PRODUCTS: &[Product] = &[
    product(("工业网关 G100", "G100 gateway"), ("网关", "hardware", "台"), 2_680),
    product(("工业网关 G300", "G300 gateway"), ("网关", "hardware", "台"), 5_980),
    product(("边缘计算主机 E500", "E500 edge server"), ("网关", "hardware", "台"), 18_600),
    product(("数据采集终端 D20", "D20 data logger"), ("采集", "hardware", "台"), 1_280),
    product(("数据采集终端 D60", "D60 data logger"), ("采集", "hardware", "台"), 3_450),
    product(("无线传感器套件 S8", "S8 sensor kit"), ("采集", "hardware", "套"), 6_200),
    product(("智能电表 M3", "M3 power meter"), ("能源", "hardware", "只"), 860),
    product(("能耗监测柜 C6", "C6 energy cabinet"), ("能源", "hardware", "套"), 42_000),
    product(("机器视觉相机 V40", "V40 vision camera"), ("视觉", "hardware", "台"), 15_800),
    product(("视觉检测工作站 V90", "V90 inspection station"), ("视觉", "hardware", "套"), 128_000),
    product(("生产执行系统 MES", "MES"), ("平台", "software", "套"), 380_000),
    product(("设备管理系统 EAM", "EAM"), ("平台", "software", "套"), 168_000),
    product(("能源管理系统 EMS", "EMS"), ("平台", "software", "套"), 220_000),
    product(("数据平台标准版", "Data Platform Standard"), ("平台", "software", "年"), 48_000),
    product(("数据平台企业版", "Data Platform Enterprise"), ("平台", "software", "年"), 198_000),
    product(("移动巡检 App", "Mobile Inspection"), ("平台", "software", "年"), 26_000),
    product(("报表中心", "Report Center"), ("平台", "software", "年"), 18_000),
    product(("实施服务", "Implementation"), ("服务", "service", "人天"), 2_400),
    product(("年度维保", "Annual maintenance"), ("服务", "service", "年"), 36_000),
    product(("培训服务", "Training"), ("服务", "service", "天"), 6_000),
    product(("现场诊断", "On-site audit"), ("服务", "service", "次"), 9_800),
    product(("备用电源模块", "Power module"), ("配件", "spare_part", "个"), 420),
    product(("通信天线套装", "Antenna set"), ("配件", "spare_part", "套"), 180),
    product(("导轨安装件", "Rail mount"), ("配件", "spare_part", "个"), 65),
];

pub(super) const FOUNDED: i64 = -WORK_DAY;

pub(super) fn departments(world: &World) -> impl Iterator<Item = Row> + '_ {
    DEPARTMENTS.iter().enumerate().map(|(at, &(name, parent, head, description))| {
        let mut row = Row::new(world.own_id(Table::Department, at), world.calendar.day(FOUNDED));
        row.text("name", name);
        row.refer("parent", parent.map(|at| world.own_id(Table::Department, at)));
        let head = if at < FIRST_TEAM { Some(head) } else { (head < world.people.len()).then_some(head) };
        row.refer("head", world.user(head));
        row.text("description", description);
        row.signed(&world.calendar, FOUNDED, FOUNDED, None);
        row
    })
}

pub(super) fn users(world: &World) -> impl Iterator<Item = Row> + '_ {
    world.people.iter().enumerate().map(|(at, person)| {
        let mut draw = world.draw(Table::User, at as u64 + 1);
        let mut row = Row::new(world.own_id(Table::User, at), world.calendar.day(FOUNDED));
        row.text("login", person.login.as_str());
        row.text("name", person.name.as_str());
        row.text("position", person.position);
        row.text("phone", person::mobile(&mut draw));
        row.text("email", format!("{}@xinghe.example", person.login));
        row.refer("department", Some(world.own_id(Table::Department, person.department)));
        row.refer("supervisor", world.user(person.supervisor));
        row.put("active", Value::Boolean(true));
        row.refers("roles", vec![world.own_id(Table::Role, rights::role_of(at))]);
        row.signed(&world.calendar, FOUNDED, FOUNDED, None);
        row
    })
}

pub(super) fn products(world: &World) -> impl Iterator<Item = Row> + '_ {
    PRODUCTS.iter().enumerate().map(|(at, product)| {
        let mut row = Row::new(world.own_id(Table::Product, at), world.calendar.day(FOUNDED));
        row.put("code", Value::Empty);
        row.text("name", product.name);
        row.text("series", product.series);
        row.choice("category", product.category);
        row.text("unit", product.unit);
        row.money("price", Some(product.price));
        row.money("floor_price", Some(product.price * 85 / 100));
        row.put("active", Value::Boolean(true));
        row.text("description", product.latin);
        row.signed(&world.calendar, FOUNDED, FOUNDED, None);
        row
    })
}
