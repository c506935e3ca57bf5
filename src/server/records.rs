//! Records: pages, reading, writing, actions.

use super::failure::Failure;
use super::routes::{Answer, Call, Routes, done, once, rows, schema};
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::api::{Endpoint, MOST_COUNTS, MOST_OPERATIONS, Problem, ProblemKind, typing};
use crate::backend::Backend;
use crate::backend::dossier;
use crate::backend::local::LocalBackend;
use crate::contract::dossier::Dossier;
use crate::contract::error::Error;
use crate::contract::request::{
    ActRequest, Aggregate, AggregateRequest, CheckAnswer, Count, CountRequest, DoRequest, Group, Page, Permit, Query,
    SaveRequest, Saved, View,
};
use crate::domain::filter::narrowed;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::schema::model::{PIPELINED, SortKey, StageType};
use axum::http::{StatusCode, header};

/// No count on a page goes further than this.
const MOST_COUNTED: u64 = 100_000;
/// How far is counted where nothing is said.
const USUAL_COUNT: u64 = 10_000;
/// Cards of a stage where nothing is said, and the most.
const CARDS: (usize, usize) = (30, 100);

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .on(ListRecords, |call: Call<ListRecords>| async move {
            let (object, count) = (call.object(), call.query.count);
            page(call.backend(), call.query.clone().query(&object), count).await
        })
        .on(QueryRecords, |call: Call<QueryRecords>| async move {
            let (object, count) = (call.object(), call.body.count);
            page(call.backend(), call.body.clone().query(&object), count).await
        })
        .on(ExportRecords, |call: Call<ExportRecords>| async move {
            let query = call.query.clone().query(&call.object());
            Ok::<Page, Failure>(call.backend().export(Query { limit: rows(query.limit), ..query }).await?)
        })
        .on(CountRecords, |call: Call<CountRecords>| async move {
            let (object, filter) = (call.object(), call.query.filter.clone());
            let cap = call.query.cap.unwrap_or(USUAL_COUNT);
            Ok::<Count, Failure>(call.backend().count(CountRequest { object, filter, cap }).await?)
        })
        .on(CountTogether, |call: Call<CountTogether>| async move {
            if call.body.counts.len() > MOST_COUNTS {
                return Err(Failure::Server(ProblemKind::TooLarge, msg!("api-counts", limit = MOST_COUNTS)));
            }
            Ok::<Vec<Option<Count>>, Failure>(call.backend().counts(call.body.counts.clone()).await?)
        })
        .on(AggregateRecords, |call: Call<AggregateRecords>| async move {
            Ok::<Aggregate, Failure>(call.backend().aggregate(call.body.clone()).await?)
        })
        .on(ResolveRecord, |call: Call<ResolveRecord>| async move {
            let id = call.backend().resolve(call.object(), call.query.text.clone()).await?;
            Ok(Resolved { id })
        })
        .on(GetRecord, get)
        .on(GetDossier, |call: Call<GetDossier>| async move {
            Ok::<Dossier, Failure>(dossier::dossier(call.backend(), call.key()?).await?)
        })
        .on(GetBoard, board);
    let routes = routes
        .on(CreateRecord, create)
        .on(ChangeRecord, change)
        .on(DeleteRecord, |call: Call<DeleteRecord>| async move {
            let key = call.key()?;
            call.once(|backend| async move { backend.delete(vec![key]).await }).await
        })
        .on(DeleteRecords, |call: Call<DeleteRecords>| async move {
            let keys = call.body.keys.clone();
            call.once(|backend| async move { backend.delete(keys).await }).await
        })
        .on(
            PreviewDelete,
            |call: Call<PreviewDelete>| async move { Ok(call.backend().delete_preview(call.key()?).await?) },
        )
        .on(Batch, batch)
        .on(PreviewLines, |call: Call<PreviewLines>| async move {
            let mut request = call.body.clone();
            typing::given_lines(&schema(call.backend()), &mut request)?;
            Ok(call.backend().lines(request).await?)
        });
    let routes = routes
        .on(
            GetOutline,
            |call: Call<GetOutline>| async move { Ok(call.backend().outline(call.query.of.clone()).await?) },
        )
        .on(
            Configure,
            |call: Call<Configure>| async move { Ok(done(call.backend().configure(call.body.clone()).await?)) },
        )
        .on(PlanSchema, |call: Call<PlanSchema>| async move {
            Ok(call.backend().schema_plan(call.body.text.clone()).await?)
        })
        .on(ApplySchema, |call: Call<ApplySchema>| async move {
            Ok(call.backend().apply_changes(call.query.allow_loss).await?)
        });
    routes
        .on(PrepareRecord, |call: Call<PrepareRecord>| async move {
            let object = call.object();
            let fields = typing::given(&schema(call.backend()), &object, call.body.fields.clone())?;
            Ok::<View, Failure>(call.backend().prepare(object, fields).await?)
        })
        .on(CheckRecord, |call: Call<CheckRecord>| async move {
            let mut request = call.body.clone();
            request.fields = typing::given(&schema(call.backend()), &request.object, request.fields)?;
            Ok::<CheckAnswer, Failure>(call.backend().check(request).await?)
        })
        .on(GetAllowed, |call: Call<GetAllowed>| async move {
            let (action, object) = (call.query.action.clone(), call.object());
            let key = call.query.id.map(|id| RecordKey { object: object.clone(), id });
            Ok::<Permit, Failure>(call.backend().may(action, object, key).await?)
        })
        .on(GetWhy, |call: Call<GetWhy>| async move {
            let me = call.backend().me().map(|me| me.id);
            let user = call.query.user.or(me).ok_or_else(|| malformed("user"))?;
            Ok::<Vec<Message>, Failure>(call.backend().why(user, call.key()?).await?)
        })
        .on(ListOffers, |call: Call<ListOffers>| async move { Ok(call.backend().offers(call.key()?).await?) })
        .on(BeginAction, |call: Call<BeginAction>| async move {
            Ok(call.backend().begin(call.part("action").to_owned(), call.key()?).await?)
        })
        .on(DoAction, |call: Call<DoAction>| async move {
            let Deed { fields, comment, version } = call.body.clone();
            let deed = DoRequest { action: call.part("action").to_owned(), key: call.key()?, fields, comment, version };
            act(&call, ActRequest::Do(deed)).await
        })
        .on(Act, |call: Call<Act>| async move { act(&call, call.body.clone()).await })
}

fn malformed(what: &str) -> Failure {
    Failure::Server(ProblemKind::Malformed, msg!("api-malformed", reason = what))
}

async fn page(backend: &LocalBackend, query: Query, count: Option<u64>) -> Result<Records, Failure> {
    let query = Query { limit: rows(query.limit), ..query };
    let request = count.map(|cap| CountRequest {
        object: query.object.clone(),
        filter: query.filter.clone(),
        cap: cap.min(MOST_COUNTED),
    });
    let page = backend.query(query);
    match request {
        None => Ok(Records::new(page.await?, None)),
        Some(request) => {
            let (page, count) = futures_util::future::try_join(page, backend.count(request)).await?;
            Ok(Records::new(page, Some(count)))
        }
    }
}

async fn get(call: Call<GetRecord>) -> Result<Answer<View>, Failure> {
    let view = call.backend().get(call.key()?).await?;
    let etag = Some(view.record.version.to_string());
    Ok(Answer { body: view, status: StatusCode::OK, etag })
}

fn saved(saved: Saved, status: StatusCode) -> Answer<Saved> {
    let etag = saved.records.first().map(|record| record.version.to_string());
    Answer { body: saved, status, etag }
}

async fn create(call: Call<CreateRecord>) -> Result<Answer<Saved>, Failure> {
    let (object, id) = (call.object(), call.body.id);
    let changes = typing::given(&schema(call.backend()), &object, call.body.fields.clone())?;
    let request = SaveRequest { object, target: None, changes };
    let made = call.once(|backend| async move { make(&backend, id, request).await }).await?;
    Ok(saved(made, StatusCode::CREATED))
}

async fn make(backend: &LocalBackend, id: Option<Id>, request: SaveRequest) -> Result<Saved, Error> {
    match id {
        Some(id) => backend.save_as(id, request).await,
        None => backend.save(request).await,
    }
}

async fn change(call: Call<ChangeRecord>) -> Result<Answer<Saved>, Failure> {
    let wanted = || Failure::Server(ProblemKind::VersionWanted, msg!("api-version-wanted"));
    let named = call.parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).ok_or_else(wanted)?;
    let version: i64 = named.trim().trim_start_matches("W/").trim_matches('"').parse().map_err(|_| wanted())?;
    let (object, id) = (call.object(), call.id()?);
    let changes = typing::given(&schema(call.backend()), &object, call.body.fields.clone())?;
    let request = SaveRequest { object, target: Some((id, version)), changes };
    let changed = call.once(|backend| async move { backend.save(request).await }).await?;
    Ok(saved(changed, StatusCode::OK))
}

async fn act<E: Endpoint>(call: &Call<E>, mut request: ActRequest) -> Result<Saved, Failure> {
    typing::given_act(&schema(call.backend()), &mut request)?;
    call.once(|backend| async move { backend.act(request).await }).await
}

async fn batch(call: Call<Batch>) -> Result<BatchAnswer, Failure> {
    let operations = call.body.operations.clone();
    if operations.len() > MOST_OPERATIONS {
        return Err(Failure::Server(ProblemKind::TooLarge, msg!("api-batch", limit = MOST_OPERATIONS)));
    }
    let mut results = Vec::with_capacity(operations.len());
    for (at, operation) in operations.into_iter().enumerate() {
        let key = call.once_key(at);
        let result = once(call.backend(), key, |backend| async move { operate(&backend, operation).await }).await;
        results.push(match result {
            Ok(saved) => Outcome::Saved(saved),
            Err(failure) => Outcome::Failed(Box::new(failure.problem(call.lang)) as Box<Problem>),
        });
    }
    Ok(BatchAnswer { results })
}

async fn operate(backend: &LocalBackend, operation: Operation) -> Result<Saved, Error> {
    let schema = schema(backend);
    let request = |object: String, target, fields: Fields| -> Result<SaveRequest, Error> {
        let changes = typing::given(&schema, &object, fields)?;
        Ok(SaveRequest { object, target, changes })
    };
    match operation {
        Operation::Create { object, id, fields } => make(backend, id, request(object, None, fields)?).await,
        Operation::Change { object, id, version, fields } => {
            backend.save(request(object, Some((id, version)), fields)?).await
        }
        Operation::Delete(key) => backend.delete(vec![key]).await,
        Operation::Do(deed) => {
            let mut act = ActRequest::Do(deed);
            typing::given_act(&schema, &mut act)?;
            backend.act(act).await
        }
    }
}

async fn board(call: Call<GetBoard>) -> Result<Board, Failure> {
    let (schema, backend) = (schema(call.backend()), call.backend());
    let named = call.query.pipeline.as_deref();
    let pipeline = match named {
        Some(name) => schema.find_pipeline(name),
        None => schema.default_pipeline(None),
    };
    let missing = || Error::NotFound(msg!("cli-no-pipeline", name = named.unwrap_or_default(), known = ""));
    let pipeline = pipeline.ok_or_else(missing)?;
    let base = narrowed(&format!("pipeline:\"{}\"", pipeline.name), &call.query.filter);
    let stages = backend.aggregate(AggregateRequest {
        object: PIPELINED.to_owned(),
        filter: base.clone(),
        group: vec![Group::Field("stage".to_owned())],
        sums: ["amount", "weighted"].map(str::to_owned).to_vec(),
    });
    let limit = call.query.cards.unwrap_or(CARDS.0).min(CARDS.1);
    let open = pipeline.stages.iter().filter(|stage| stage.kind == StageType::Open && limit > 0);
    let cards = open.map(|stage| {
        let sort = vec![SortKey { field: "close_date".to_owned(), descending: false }];
        let filter = narrowed(&format!("pipeline:\"{}\" stage:\"{}\"", pipeline.name, stage.key), &call.query.filter);
        backend.query(Query { object: PIPELINED.to_owned(), filter, sort, limit: limit.max(1), ..Query::default() })
    });
    let cards = futures_util::future::try_join_all(cards);
    let (stages, cards) = futures_util::future::try_join(stages, cards).await?;
    let cards = cards.into_iter().map(|page| Records::new(page, None)).collect();
    Ok(Board { pipeline: pipeline.name.clone(), stages, cards })
}
