//! Attached files in forms, on a real store and real folders.

use super::*;
use crate::backend::local::{LocalBackend, OpenOptions};
use crate::domain::value::FileRef;

/// A form for a new customer, and a folder with files beside the store.
struct Scene {
    desk: Desk,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("docs")).unwrap();
        for (name, content) in [("报价 1.txt", "one"), ("报价 2.txt", "two!"), ("photo.png", "png")] {
            std::fs::write(folder.path().join("docs").join(name), content).unwrap();
        }
        let options = OpenOptions { zone: now().time_zone().clone(), ..OpenOptions::new(folder.path().join("crm.db")) };
        let backend = LocalBackend::create(options, &schema()).unwrap();
        let mut desk = Desk::start(|_| {}, Lang::En, Goto::List("customer".to_owned(), String::new()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        desk.store = Some((runtime, Arc::new(backend)));
        desk.open(|cx| FormLayer::add("customer", Fields::new(), cx));
        desk.type_text("华信").to("Attachments");
        Scene { desk, folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join("docs").join(name).display().to_string()
    }

    /// Saves the form and gives the names that the stored record has.
    fn saved(&mut self) -> Vec<String> {
        self.desk.press("ctrl-s");
        assert_eq!(self.desk.depth(), 1, "{}", self.desk.notice());
        let (runtime, store) = self.desk.store.as_ref().unwrap();
        let id = runtime.block_on(store.resolve("customer".to_owned(), "华信".to_owned())).unwrap();
        let key = RecordKey { object: "customer".to_owned(), id };
        let record = runtime.block_on(store.get(key)).unwrap().record;
        let Value::Files(files) = record.get("attachments").clone() else { return Vec::new() };
        for file in &files {
            let copy = runtime.block_on(store.file(file.clone(), None)).unwrap();
            assert_eq!(std::fs::metadata(copy).unwrap().len(), file.size);
        }
        files.into_iter().map(|f| f.name).collect()
    }
}

#[test]
fn a_path_is_completed_attached_and_saved() {
    let mut scene = Scene::new();
    let typed = scene.path("pho");
    scene.desk.type_text(&typed).press("tab");
    assert!(scene.desk.focused_line().contains("Attachments"), "Tab completes instead of going on");
    scene.desk.press("enter");
    assert_eq!(scene.desk.notice(), "Attached photo.png (3 B)");
    assert!(scene.desk.shows("photo.png"), "{}", scene.desk.screen(90, 60));
    assert_eq!(scene.saved(), ["photo.png"]);
}

#[test]
fn several_files_are_listed_and_the_chosen_one_is_attached() {
    let mut scene = Scene::new();
    let typed = scene.path("报");
    scene.desk.type_text(&typed).press("tab");
    assert_eq!(scene.desk.depth(), 2, "as far as they are the same");
    scene.desk.press("tab");
    assert_eq!(scene.desk.depth(), 3);
    assert!(scene.desk.shows("报价 1.txt") && scene.desk.shows("报价 2.txt"), "{}", scene.desk.screen(90, 60));
    scene.desk.press("down enter");
    // A folder is looked into.
    let folder = format!("{}/", scene.folder.path().join("docs").display());
    scene.desk.type_text(&folder).press("enter");
    assert_eq!(scene.desk.depth(), 3, "{}", scene.desk.notice());
    scene.desk.type_text("png").press("enter");
    assert_eq!(scene.saved(), ["报价 2.txt", "photo.png"]);
}

#[test]
fn a_path_that_is_not_attached_is_not_lost_silently() {
    let mut scene = Scene::new();
    let typed = scene.path("none.txt");
    scene.desk.type_text(&typed).press("enter");
    assert_eq!(scene.desk.notice(), format!("There is no file {typed}"));
    scene.desk.press("ctrl-s");
    assert_eq!((scene.desk.depth(), scene.desk.notice()), (2, "1 error: Attachments. f6 goes there".to_owned()));
    assert!(scene.desk.shows("Press Enter to attach"), "{}", scene.desk.screen(90, 60));
    scene.desk.press("ctrl-u");
    assert!(scene.saved().is_empty());
}

#[test]
fn files_are_taken_away_and_come_back() {
    let mut scene = Scene::new();
    for name in ["报价 1.txt", "photo.png"] {
        let path = scene.path(name);
        scene.desk.type_text(&path).press("enter");
    }
    scene.desk.press("up up delete");
    assert!(!scene.desk.shows("报价 1.txt") && scene.desk.shows("photo.png"), "{}", scene.desk.screen(90, 60));
    scene.desk.press("ctrl-_");
    assert!(scene.desk.shows("报价 1.txt"));
    scene.desk.press("ctrl-y");
    assert!(!scene.desk.shows("报价 1.txt"));
    assert_eq!(scene.saved(), ["photo.png"]);
}

#[test]
fn a_draft_keeps_the_files_beside_a_path_that_is_half_typed() {
    let file = FileRef { name: "offer.pdf".to_owned(), size: 3, hash: "ab".to_owned() };
    let stored = Value::Files(vec![file.clone(), FileRef { name: "old.pdf".to_owned(), ..file.clone() }]);
    let mut desk = Desk::edit("customer", &[("name", text("a")), ("attachments", stored)], |_| {});
    desk.to("Attachments").press("backspace").type_text("/tmp/x");
    let settings: Vec<(String, String)> = desk.fake.settings.clone().into_iter().collect();
    let draft = crate::tui::form::draft::parse(&settings).remove(0);
    let mut again = Desk::edit("customer", &[("name", text("a"))], |_| {});
    again.press("esc");
    again.open(|cx| FormLayer::from_draft(draft, cx));
    again.press("ctrl-s");
    assert_eq!(again.saves()[0].changes, fields(&[("attachments", Value::Files(vec![file]))]));
}
