//! Which column of a file goes to which field: as the user says, by field name, by label in either
//! language, by the object's words (`customer_name`, `客户名称`), by common names of other systems.

use super::{Error, rejects};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::msg;
use crate::schema::error::nearest;
use crate::schema::model::{Field, Object, Schema};

/// Names that other systems give to fields, by object, and the fields they may mean, best first.
/// `*` stands for any object.
const SYNONYMS: &[(&str, &str, &[&str])] = &[
    (
        "customer",
        "account companyname accountname organization organisation 公司 公司名称 公司全称 企业名称 单位名称 全称",
        &["name"],
    ),
    ("customer", "sector industrytype 所属行业 行业类别", &["industry"]),
    ("customer", "revenue turnover 营业额 年收入 营收", &["annual_revenue"]),
    ("customer", "officelocation location country state province 所在地 省份 区域", &["region", "address"]),
    ("customer", "yearestablished established foundedyear 成立时间", &["founded"]),
    ("customer", "subsidiaryof parentaccount parentcompany 母公司 集团", &["parent"]),
    ("customer", "headcount numberofemployees staff 人数 员工数", &["employees"]),
    ("customer", "taxid vat vatnumber taxno 纳税人识别号 统一社会信用代码", &["tax_number"]),
    ("customer", "证券简称 股票简称 期货名称", &["short_name"]),
    ("customer", "证券代码 股票代码 期货代码", &["code"]),
    ("contact", "contact fullname contactname 联系人姓名", &["name"]),
    ("contact", "account company companyname 公司 公司名称 客户名称 单位", &["customer"]),
    ("contact", "jobtitle title position 职位 岗位", &["post"]),
    ("lead", "account companyname organization 公司名称 单位", &["company"]),
    ("opportunity", "dealname deal 项目名称", &["name"]),
    ("opportunity", "opportunityid dealid", &["code"]),
    ("opportunity", "account company accountname 客户名称", &["customer"]),
    ("opportunity", "salesagent salesrep salesperson seller 销售 业务员", &["owner"]),
    ("opportunity", "dealstage salesstage 销售阶段", &["stage"]),
    ("opportunity", "engagedate createdate opendate 开始日期", &["opened"]),
    ("opportunity", "closedate expectedclose expectedclosedate 成交日期 预计成交", &["close_date"]),
    ("opportunity", "closevalue dealvalue value 金额 成交金额", &["amount"]),
    ("product", "salesprice listprice unitprice 单价 价格 售价", &["price"]),
    ("user", "salesagent salesrep employee fullname 姓名 员工姓名", &["name"]),
    ("user", "manager reportsto 主管 直接上级", &["supervisor"]),
    ("user", "regionaloffice team office 所属部门", &["department"]),
    ("user", "username account 账号", &["login"]),
    ("*", "tel telephone phonenumber 联系电话 电话号码 座机", &["phone"]),
    ("*", "mobilephone cell cellphone 手机号 手机号码 移动电话", &["mobile", "phone"]),
    ("*", "mail emailaddress 电子邮箱 电子邮件 邮件", &["email"]),
    ("*", "web url homepage 网址 官网", &["website"]),
    ("*", "street 详细地址 联系地址", &["address"]),
    ("*", "zip zipcode postalcode 邮政编码", &["postcode"]),
    ("*", "salesperson salesrep salesagent accountowner 销售员 业务员 跟进人 所有者", &["owner"]),
    ("*", "note notes comment comments memo remarks 说明 备注信息", &["remark", "description"]),
    ("*", "no number 编号 编码 代码", &["code"]),
    ("*", "name 名称 姓名", &["name"]),
];

/// Where each column goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mapping {
    /// The field of each column of the file.
    pub columns: Vec<Option<String>>,
    /// Columns that go to further fields as well: their cells are appended to each row.
    pub copies: Vec<(usize, String)>,
    /// Columns that go nowhere, by name.
    pub unmapped: Vec<String>,
    /// Columns that go nowhere because another column has their field: number from 1, name, that field.
    pub repeated: Vec<(usize, String, String)>,
}

impl Mapping {
    /// The field of each cell of a row that [`Mapping::extend`] has seen.
    pub fn fields(&self) -> Vec<Option<String>> {
        self.columns.iter().cloned().chain(self.copies.iter().map(|(_, f)| Some(f.clone()))).collect()
    }

    /// Appends the cells that go to several fields.
    pub fn extend(&self, cells: &mut Vec<String>) {
        for (column, _) in &self.copies {
            cells.push(cells.get(*column).cloned().unwrap_or_default());
        }
    }

    /// The pairs of column and field, for showing.
    pub fn pairs<'a>(&'a self, header: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let direct = header.iter().zip(&self.columns).filter_map(|(h, f)| Some((h.as_str(), f.as_deref()?)));
        let copies = self.copies.iter().filter_map(|(c, f)| Some((header.get(*c)?.as_str(), f.as_str())));
        direct.chain(copies)
    }
}

/// Maps the columns of a file to the fields of an object. `explicit` pairs field and column (its name, or its
/// number from 1); an empty column leaves the field out. Errors name what is not known, and refuse a file none of
/// whose columns is known: its first line is data, or it is of something else.
pub fn map(
    schema: &Schema,
    object: &Object,
    header: &[String],
    explicit: &[(String, String)],
) -> Result<Mapping, Error> {
    let mut mapping = Mapping { columns: vec![None; header.len()], ..Mapping::default() };
    let mut taken: Vec<&str> = Vec::new();
    for (field, column) in explicit {
        let field = importable(object, field)?;
        taken.push(&field.name);
        if column.trim().is_empty() {
            continue;
        }
        let column = find_column(header, column)?;
        match mapping.columns.get_mut(column) {
            Some(slot @ None) => *slot = Some(field.name.clone()),
            _ => mapping.copies.push((column, field.name.clone())),
        }
    }
    for rule in [by_name, by_object_words, by_synonym] {
        for (at, name) in header.iter().enumerate() {
            let free = mapping.columns.get(at).is_some_and(Option::is_none) || only_explicit(&mapping, at, explicit);
            let Some(field) = rule(schema, object, &fold(name)).filter(|_| free && !names_system_field(object, name))
            else {
                continue;
            };
            if is_importable(field) && !taken.contains(&field.name.as_str()) {
                taken.push(&field.name);
                match mapping.columns.get_mut(at) {
                    Some(slot @ None) => *slot = Some(field.name.clone()),
                    _ => mapping.copies.push((at, field.name.clone())),
                }
            }
        }
    }
    for (at, name) in header.iter().enumerate().filter(|(_, name)| *name != rejects::REASON) {
        if mapping.columns.get(at).is_some_and(Option::is_none) {
            match by_exact_name(object, &fold(name)).filter(|f| mapping.columns.iter().flatten().any(|m| *m == f.name))
            {
                Some(field) => mapping.repeated.push((at + 1, name.clone(), field.name.clone())),
                None => mapping.unmapped.push(name.clone()),
            }
        }
    }
    if mapping.columns.iter().all(Option::is_none) {
        let first = header.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
        let first: String = first.chars().take(200).collect();
        return Err(Error::Invalid({
            let label = |lang| object.label.get(lang);
            msg!("transfer-no-header", zh = label(Lang::Zh), en = label(Lang::En), first = first)
        }));
    }
    Ok(mapping)
}

/// Whether a column is only mapped because the user said so, and so may still go to the field of its own name.
fn only_explicit(mapping: &Mapping, at: usize, explicit: &[(String, String)]) -> bool {
    let field = mapping.columns.get(at).and_then(Option::as_deref);
    let copied = mapping.copies.iter().filter(|(c, _)| *c == at).all(|(_, f)| explicit.iter().any(|(e, _)| e == f));
    copied && field.is_some_and(|f| explicit.iter().any(|(e, _)| e == f))
}

/// Whether a column is named after a field that tcrm fills itself, as in its own exports.
fn names_system_field(object: &Object, column: &str) -> bool {
    by_exact_name(object, &fold(column)).is_some_and(|f| !is_importable(f))
}

fn is_importable(field: &Field) -> bool {
    field.is_editable() && field.kind != crate::schema::model::Kind::Attachment
}

fn importable<'a>(object: &'a Object, name: &str) -> Result<&'a Field, Error> {
    let field = object.find_field(name).ok_or_else(|| {
        let message = msg!("transfer-map-field", field = name, object = &object.name);
        let near = nearest(name, object.fields.iter().filter(|f| is_importable(f)).map(|f| f.name.as_str()));
        Error::Invalid(with_near(message, "transfer-map-field-near", near))
    })?;
    if !is_importable(field) {
        return Err(Error::Invalid(msg!("transfer-map-computed", field = name)));
    }
    Ok(field)
}

fn find_column(header: &[String], wanted: &str) -> Result<usize, Error> {
    let folded = fold(wanted);
    let by_name = header.iter().position(|h| h == wanted).or_else(|| header.iter().position(|h| fold(h) == folded));
    let by_number = || wanted.parse::<usize>().ok().filter(|n| (1..=header.len()).contains(n)).map(|n| n - 1);
    by_name.or_else(by_number).ok_or_else(|| {
        let columns = header.iter().take(40).cloned().collect::<Vec<_>>().join(", ");
        let message = msg!("transfer-map-column", column = wanted, columns = columns);
        let near = nearest(wanted, header.iter().map(String::as_str));
        Error::Invalid(with_near(message, "transfer-map-column-near", near))
    })
}

/// The message that also names what may have been meant, if there is such a thing.
fn with_near(mut message: Message, key: &'static str, near: Option<String>) -> Message {
    if let Some(near) = near {
        message.key = key.into();
        message = message.with("near", near);
    }
    message
}

fn by_name<'a>(_: &Schema, object: &'a Object, column: &str) -> Option<&'a Field> {
    by_exact_name(object, column)
}

fn by_exact_name<'a>(object: &'a Object, column: &str) -> Option<&'a Field> {
    let named = object.fields.iter().find(|f| fold(&f.name) == column);
    named.or_else(|| object.fields.iter().find(|f| Lang::ALL.iter().any(|l| fold(f.label.get(*l)) == column)))
}

/// `customer_name` and `客户电话` on a customer; `客户` or `account` on what refers to one customer;
/// the object's own name for its title.
fn by_object_words<'a>(schema: &Schema, object: &'a Object, column: &str) -> Option<&'a Field> {
    let words = object_words(object);
    if words.iter().any(|w| w == column) {
        return object.field(&object.title);
    }
    let rest = words.iter().filter_map(|w| column.strip_prefix(w.as_str())).min_by_key(|r| r.len());
    if let Some(field) = rest.and_then(|r| by_name(schema, object, r)) {
        return Some(field);
    }
    let mut referring = object.fields.iter().filter(|f| {
        let target = f.kind.target().filter(|t| *t != object.name).and_then(|t| schema.object(t));
        target.is_some_and(|t| {
            object_words(t).iter().any(|w| column == w || column == format!("{w}name") || column == format!("{w}名称"))
        })
    });
    referring.next().filter(|_| referring.next().is_none())
}

fn object_words(object: &Object) -> Vec<String> {
    let labels = Lang::ALL.iter().flat_map(|l| [object.label.get(*l), object.plural.get(*l)]);
    let names = [object.name.as_str(), object.plural_name.as_str()];
    let mut words: Vec<String> =
        names.into_iter().chain(labels).chain(object.aliases.iter().map(String::as_str)).map(fold).collect();
    words.retain(|w| !w.is_empty());
    words
}

fn by_synonym<'a>(_: &Schema, object: &'a Object, column: &str) -> Option<&'a Field> {
    let known = SYNONYMS
        .iter()
        .filter(|(owner, names, _)| (*owner == object.name || *owner == "*") && names.split(' ').any(|n| n == column));
    known.flat_map(|(_, _, fields)| fields.iter()).find_map(|f| object.field(f))
}

/// A name without what people vary: case, width, blanks, `_ - . :`, marks of required columns.
fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        let c = match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        };
        if !c.is_whitespace() && !matches!(c, '_' | '-' | '.' | ':' | '*' | '#' | '\u{FEFF}' | '\u{3000}') {
            folded.extend(c.to_lowercase());
        }
    }
    for mark in ["(必填)", "(required)", "(元)", "(选填)", "(optional)"] {
        if let Some(rest) = folded.strip_suffix(mark) {
            folded.truncate(rest.len());
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::domain::lang::Label;
    use crate::schema::model::{Kind, SYSTEM_GROUP};

    fn field(name: &str, zh: &str, en: &str, kind: Kind) -> Field {
        Field { group: "basic".into(), ..Field::new(name, Label { zh: zh.into(), en: en.into() }, kind) }
    }

    fn text() -> Kind {
        Kind::Text { max: 0, pattern: String::new() }
    }

    fn object(name: &str, zh: &str, aliases: &[&str], fields: Vec<Field>) -> Object {
        let mut system = field("id", "标识", "Id", text());
        system.group = SYSTEM_GROUP.into();
        Object {
            name: name.into(),
            plural_name: format!("{name}s"),
            label: Label { zh: zh.into(), en: name.into() },
            plural: Label { zh: zh.into(), en: format!("{name}s") },
            aliases: aliases.iter().map(|a| (*a).to_owned()).collect(),
            title: "name".into(),
            fields: fields.into_iter().chain([system]).collect(),
            ..Object::default()
        }
    }

    fn schema() -> Schema {
        let customer = object(
            "customer",
            "客户",
            &["account"],
            vec![
                field("code", "客户编码", "Code", text()),
                field("name", "客户名称", "Name", text()),
                field("industry", "行业", "Industry", text()),
                field("annual_revenue", "年营业额", "Annual revenue", text()),
                field("region", "地区", "Region", Kind::Region),
                field("phone", "电话", "Phone", Kind::Phone),
                field("founded", "成立年份", "Founded", text()),
                field("employees", "员工人数", "Employees", text()),
                field("parent", "上级公司", "Parent company", text()),
            ],
        );
        let opportunity = object(
            "opportunity",
            "商机",
            &["deal"],
            vec![
                field("code", "商机编码", "Code", text()),
                field("name", "商机名称", "Name", text()),
                field("customer", "客户", "Customer", Kind::Reference { object: "customer".into(), many: false }),
                field("product", "产品", "Product", text()),
                field("owner", "负责人", "Owner", text()),
                field("stage", "阶段", "Stage", text()),
                field("opened", "发现日期", "Opened", Kind::Date),
                field("close_date", "预计成交日期", "Close date", Kind::Date),
                field("amount", "预计金额", "Amount", text()),
            ],
        );
        Schema { objects: vec![customer, opportunity], ..Schema::default() }
    }

    fn mapped(object: &str, header: &str, explicit: &[(&str, &str)]) -> Result<String, Error> {
        let schema = schema();
        let header: Vec<String> = header.split(',').map(str::to_owned).collect();
        let explicit: Vec<_> = explicit.iter().map(|(f, c)| ((*f).to_owned(), (*c).to_owned())).collect();
        let mapping = map(&schema, schema.object(object).unwrap(), &header, &explicit)?;
        let fields = mapping.fields();
        Ok(fields.iter().map(|f| f.as_deref().unwrap_or("-")).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn headers_of_people_and_of_other_systems_are_understood() {
        for (object, header, fields) in [
            ("customer", "NAME,Ｐｈｏｎｅ,Annual_Revenue", "name,phone,annual_revenue"),
            ("customer", "客户名称*,电 话,行业（必填）,地区", "name,phone,industry,region"),
            ("customer", "公司名称,联系电话,年 营业额,乱七八糟", "name,phone,annual_revenue,-"),
            (
                "customer",
                "account,sector,year_established,revenue,employees,office_location,subsidiary_of",
                "name,industry,founded,annual_revenue,employees,region,parent",
            ),
            (
                "opportunity",
                "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
                "code,owner,product,customer,stage,opened,close_date,amount",
            ),
            ("opportunity", "客户名称,商机名称", "customer,name"),
            ("customer", "Customer Name,Company", "name,-"),
            ("customer", "name,tcrm_error,id", "name,-,-"),
        ] {
            assert_eq!(mapped(object, header, &[]).unwrap(), fields, "{header}");
        }
    }

    #[test]
    fn explicit_columns_go_first_and_may_serve_two_fields() {
        assert_eq!(mapped("customer", "a,name", &[("name", "a")]).unwrap(), "name,-");
        assert_eq!(
            mapped("customer", "1,2", &[("名称呢", "2"), ("phone", "1")]).unwrap_err().message().key,
            "transfer-map-field"
        );
        assert_eq!(mapped("customer", "x,y", &[("客户名称", "2"), ("phone", "1")]).unwrap(), "phone,name");
        assert_eq!(mapped("opportunity", "product,n", &[("name", "product")]).unwrap(), "name,-,product");
        assert_eq!(mapped("customer", "name,phone", &[("phone", "")]).unwrap(), "name,-");
    }

    #[test]
    fn a_column_whose_field_has_a_column_already_is_told_apart_from_unknown_ones() {
        let schema = schema();
        let header = ["name", "电话", "客户名称", "x"].map(str::to_owned);
        let mapping = map(&schema, schema.object("customer").unwrap(), &header, &[]).unwrap();
        assert_eq!(mapping.repeated, [(3, "客户名称".to_owned(), "name".to_owned())]);
        assert_eq!(mapping.unmapped, ["x"]);
    }

    #[test]
    fn what_is_not_known_is_refused_with_the_nearest_name() {
        let near = |e: Error| e.message().arg("near").unwrap_or_default().to_owned();
        assert_eq!(near(mapped("customer", "a", &[("nmae", "a")]).unwrap_err()), "name");
        assert_eq!(near(mapped("customer", "Company", &[("name", "Compny")]).unwrap_err()), "Company");
        assert_eq!(mapped("customer", "a", &[("id", "a")]).unwrap_err().message().key, "transfer-map-computed");
        assert_eq!(mapped("customer", "华信科技,北京", &[]).unwrap_err().message().key, "transfer-no-header");
    }
}
