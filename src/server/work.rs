//! What is due and what was done: reminders, inbox, agenda, plans, pools, search, history, log, undo, settings.

use super::failure::Failure;
use super::routes::{Call, Routes, done, rows};
use crate::api::ProblemKind;
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::backend::Backend;
use crate::backend::report;
use crate::contract::pool::SweepRequest;
use crate::msg;

pub(super) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .on(Search, |call: Call<Search>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().search(request).await?)
        })
        .on(ListReminders, |call: Call<ListReminders>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().reminders(request).await?)
        })
        .on(ListInbox, |call: Call<ListInbox>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().inbox(request).await?)
        })
        .on(GetReview, |call: Call<GetReview>| async move { Ok(call.backend().review(call.id()?).await?) })
        .on(GetAgenda, |call: Call<GetAgenda>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().agenda(request).await?)
        })
        .on(GetPlan, |call: Call<GetPlan>| async move { Ok(call.backend().plan(call.body).await?) })
        .on(
            ListReports,
            |call: Call<ListReports>| async move { Ok(report::reports(&call.backend().schema(), call.lang)) },
        )
        .on(GetReport, |call: Call<GetReport>| async move {
            let ReportQuery { from, to, filter } = call.query.clone();
            Ok(report::report(call.backend(), call.part("report"), (from, to), &filter, call.lang).await?)
        })
        .on(ListPools, |call: Call<ListPools>| async move { Ok(call.backend().pools().await?) });
    let routes = routes
        .on(Sweep, |call: Call<Sweep>| async move {
            let SweepRequest { dry_run, if_due, .. } = call.body;
            Ok(call.backend().sweep(SweepRequest { dry_run, if_due, ..SweepRequest::default() }).await?)
        })
        .on(Renumber, |call: Call<Renumber>| async move { Ok(call.backend().renumber(call.body.clone()).await?) })
        .on(GetHistory, |call: Call<GetHistory>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().history(request).await?)
        })
        .on(GetLog, |call: Call<GetLog>| async move {
            let mut request = call.body.clone();
            request.limit = rows(request.limit);
            Ok(call.backend().log(request).await?)
        })
        .on(ListSeats, |call: Call<ListSeats>| async move {
            let (mut seats, at_work) = (call.backend().online().await?, call.app.seats.at_work());
            for seat in &mut seats {
                seat.certain |= seat.token.is_some_and(|token| at_work.contains(&token));
            }
            Ok(seats)
        })
        .on(Note, |call: Call<Note>| async move { Ok(done(call.backend().note(call.body.clone()).await?)) });
    routes
        .on(Undo, |call: Call<Undo>| async move { Ok(call.backend().undo().await?) })
        .on(Redo, |call: Call<Redo>| async move { Ok(call.backend().redo().await?) })
        .on(Revert, |call: Call<Revert>| async move {
            let bad = || Failure::Server(ProblemKind::NotFound, msg!("api-no-route"));
            let txn = call.part("txn").parse().map_err(|_| bad())?;
            Ok(call.backend().revert(txn).await?)
        })
        .on(ListSettings, |call: Call<ListSettings>| async move {
            let found = call.backend().settings(call.query.prefix.clone()).await?;
            Ok(found.into_iter().map(|(key, value)| Setting { key, value }).collect::<Vec<_>>())
        })
        .on(PutSetting, |call: Call<PutSetting>| async move {
            let SettingChange { key, value } = call.body.clone();
            Ok(done(call.backend().put_setting(key, value).await?))
        })
        .on(ListFindings, |call: Call<ListFindings>| async move { Ok(call.backend().findings().await?) })
        .on(BackUp, |call: Call<BackUp>| async move {
            // The whole data is for whoever may give rights: they could see all of it anyway.
            call.backend().may_take_all().await?;
            Ok(Place { path: call.backend().back_up().await?.display().to_string() })
        })
}
