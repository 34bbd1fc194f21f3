//! Collects every path of a module that leads out of it, resolved to the crate's root or to a foreign crate.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ItemExternCrate, ItemMod, ItemUse, LitStr, Macro, Meta, UseTree, Visibility};

use super::modules::Module;

pub(super) enum Target {
    /// A path of this crate, from its root: `["store", "Store"]`. Empty: the root itself.
    Ours(Vec<String>),
    /// The name of another crate, or of something local that no other room can be reached by.
    Foreign(String),
}

pub(super) struct Usage {
    pub(super) line: usize,
    pub(super) target: Target,
    pub(super) is_reexport: bool,
}

/// Every path that `module` names; what starts with `self` or `Self` stays inside and is left out.
pub(super) fn usages(module: &Module) -> Vec<Usage> {
    let mut collector = Collector { here: module.path.clone(), found: Vec::new() };
    collector.visit_file(&module.syntax);
    collector.found
}

struct Collector {
    /// The module that is being read; inline modules make it longer.
    here: Vec<String>,
    found: Vec<Usage>,
}

/// Whether a path stands in an import, which may name a whole crate or the root.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Import,
    Reexport,
    Code,
}

impl Collector {
    /// Resolves a path; `at` is its first segment, for the line.
    fn note(&mut self, at: &Ident, segments: &[String], place: Place) {
        let Some(target) = self.resolve(segments) else { return };
        let is_root = matches!(&target, Target::Ours(path) if path.is_empty());
        // `pub(crate)` and a local variable are single segments too; only an import makes them a way out.
        if place == Place::Code && (is_root || segments.len() == 1) {
            return;
        }
        self.found.push(Usage { line: at.span().start().line, target, is_reexport: place == Place::Reexport });
    }

    fn resolve(&self, segments: &[String]) -> Option<Target> {
        let segments = if segments.starts_with(&["self".into(), "super".into()]) { &segments[1..] } else { segments };
        let climbs = segments.iter().take_while(|segment| *segment == "super").count();
        let (base, rest) = match segments.first()?.as_str() {
            "crate" | "tokengrid" => (&[][..], &segments[1..]),
            "super" => (&self.here[..self.here.len().saturating_sub(climbs)], &segments[climbs..]),
            "self" | "Self" => return None,
            name => return Some(Target::Foreign(name.into())),
        };
        // `use super::{self as up}` names the module itself.
        let rest = rest.iter().filter(|segment| *segment != "self");
        Some(Target::Ours(base.iter().chain(rest).cloned().collect()))
    }

    fn import(&mut self, tree: &UseTree, prefix: &mut Vec<Ident>, place: Place) {
        match tree {
            UseTree::Path(step) => {
                prefix.push(step.ident.clone());
                self.import(&step.tree, prefix, place);
                prefix.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|item| self.import(item, prefix, place)),
            UseTree::Name(leaf) => self.import_leaf(prefix, Some(&leaf.ident), place),
            UseTree::Rename(leaf) => self.import_leaf(prefix, Some(&leaf.ident), place),
            UseTree::Glob(_) => self.import_leaf(prefix, None, place),
        }
    }

    fn import_leaf(&mut self, prefix: &[Ident], leaf: Option<&Ident>, place: Place) {
        let path: Vec<&Ident> = prefix.iter().chain(leaf).collect();
        let Some(last) = path.last() else { return };
        let segments: Vec<String> = path.iter().map(ToString::to_string).collect();
        self.note(last, &segments, place);
    }

    /// Reads tokens that syn leaves unparsed: the inside of a macro or an attribute. `prefix` is the path before a `{`.
    fn scan(&mut self, prefix: &[String], tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Ident(first) => {
                    let mut segments = [prefix, &[first.to_string()]].concat();
                    while is_colons(tokens.get(at), tokens.get(at + 1)) {
                        match tokens.get(at + 2) {
                            Some(TokenTree::Ident(next)) => segments.push(next.to_string()),
                            Some(TokenTree::Group(group)) => self.scan(&segments, group.stream()),
                            _ => {}
                        }
                        at += 3;
                    }
                    self.note(first, &segments, Place::Code);
                }
                TokenTree::Group(group) => self.scan(prefix, group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    /// Reads the strings of an attribute that are paths, as in `#[serde(with = "crate::store::columns")]`.
    fn scan_texts(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.scan_texts(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = syn::parse_str::<LitStr>(&literal.to_string());
                    if let Ok(path) = text.and_then(|text| text.parse::<syn::Path>()) {
                        let segments: Vec<String> = path.segments.iter().map(|step| step.ident.to_string()).collect();
                        self.note(&Ident::new("text", literal.span()), &segments, Place::Code);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_colons(first: Option<&TokenTree>, second: Option<&TokenTree>) -> bool {
    [first, second].iter().all(|token| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':'))
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.here.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let place = match &item.vis {
            Visibility::Public(_) => Place::Reexport,
            Visibility::Restricted(scope) if scope.path.is_ident("crate") => Place::Reexport,
            Visibility::Restricted(_) | Visibility::Inherited => Place::Import,
        };
        item.attrs.iter().for_each(|attribute| self.visit_attribute(attribute));
        self.import(&item.tree, &mut Vec::new(), place);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        self.note(&item.ident, &[item.ident.to_string()], Place::Import);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|step| step.ident.to_string()).collect();
        if let Some(first) = path.segments.first() {
            self.note(&first.ident, &segments, Place::Code);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.scan(&[], call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        self.visit_path(attribute.path());
        if let Meta::List(list) = &attribute.meta {
            self.scan(&[], list.tokens.clone());
            self.scan_texts(list.tokens.clone());
        }
    }
}
