//! A browser as far as the pages need one: it keeps cookies by name, follows nothing by itself, and fills in forms by
//! what stands in them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::{Answer, Client};

/// A browser with its cookies.
pub struct Browser {
    client: Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page, or the way to the next one.
pub struct Page {
    pub answer: Answer,
    /// Where it was shown, without its query.
    path: String,
}

impl Browser {
    pub fn new(client: Client) -> Self {
        Self { client, cookies: Mutex::default() }
    }

    /// What a browser sends of its cookies.
    pub fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The value of the first cookie whose name begins so.
    pub fn cookie(&self, start: &str) -> Option<(String, String)> {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().find(|(name, _)| name.starts_with(start)).map(|(name, value)| (name.clone(), value.clone()))
    }

    /// Plants a cookie.
    pub fn plant(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub fn get(&self, path: &str) -> Page {
        self.go("GET", path, "", &[])
    }

    pub fn post(&self, path: &str, form: &str) -> Page {
        self.go("POST", path, form, &[])
    }

    /// A form with further headers, as another site's page would have it sent.
    pub fn go(&self, method: &str, path: &str, form: &str, headers: &[(&str, &str)]) -> Page {
        let cookies = self.cookie_header();
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let kind = (method == "POST").then_some("application/x-www-form-urlencoded");
        let answer = self.client.send_with(method, path, kind, form, &headers);
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().unwrap();
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page { answer, path: path.split('?').next().unwrap().to_owned() }
    }

    /// Presses the button of a page's form, with what is filled in.
    pub fn press(&self, page: &Page, action: &str, filled: &[(&str, &str)]) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("request", &page.hidden("request")).append_pair("action", action).extend_pairs(filled);
        self.post(&page.sibling(&page.form_action(action)), &body.finish())
    }

    /// Fills in name and password, and goes on as far as our own pages lead.
    pub fn sign_in(&self, page: &Page, username: &str, password: &str) -> Page {
        let next = self.press(page, "signin", &[("username", username), ("password", password)]);
        self.follow(next)
    }

    /// Follows redirects to our own pages.
    pub fn follow(&self, mut page: Page) -> Page {
        while page.answer.status == 303 && !page.location().contains("://") {
            page = self.get(&page.sibling(&page.location()));
        }
        page
    }
}

impl Page {
    pub fn status(&self) -> u16 {
        self.answer.status
    }

    pub fn html(&self) -> &str {
        &self.answer.text
    }

    pub fn location(&self) -> String {
        self.answer.header("location").to_owned()
    }

    /// A parameter of the address that the browser is sent to.
    pub fn sent(&self, name: &str) -> Option<String> {
        let location = self.location();
        let url =
            url::Url::parse(&location).unwrap_or_else(|_| panic!("sent nowhere: {} {}", self.status(), self.html()));
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The heading of the page.
    pub fn title(&self) -> String {
        let html = self.html();
        let (_, rest) = html.split_once("<h1>").unwrap_or_else(|| panic!("no heading: {} {html}", self.status()));
        rest.split("</h1>").next().unwrap().to_owned()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.html().split_once(&start).unwrap_or_else(|| panic!("no {name} in {}", self.html()));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The action of the form that has a button of this value.
    fn form_action(&self, button: &str) -> String {
        let value = format!("value=\"{button}\"");
        let form =
            self.html().split("<form ").skip(1).find(|form| form.split("</form>").next().unwrap().contains(&value));
        let form = form.unwrap_or_else(|| panic!("no button {button} in {}", self.html()));
        form.split_once("action=\"").unwrap().1.split('"').next().unwrap().to_owned()
    }

    /// A path beside that of the page.
    fn sibling(&self, relative: &str) -> String {
        let (mut folder, mut relative) = (self.path.rsplit_once('/').unwrap().0, relative);
        while let Some(rest) = relative.strip_prefix("../") {
            (folder, relative) = (folder.rsplit_once('/').unwrap().0, rest);
        }
        format!("{folder}/{relative}")
    }
}
