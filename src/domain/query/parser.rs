//! Words into a sentence, by recursive descent: each rule of the grammar is a function, and each depth is counted.

use super::lexer::{Kind, Token};
use super::{
    Circle, Comparison, Direction, Field, Filter, MAX_DEPTH, MAX_FIELDS, MAX_ORDER, MAX_QUERY_WORDS, MAX_TERMS,
    MAX_WORDS, Order, Query, QueryError, Select, Selected, Value,
};
use crate::domain::term::wanted_words;

/// Reads a whole query.
pub fn parse(tokens: Vec<Token>) -> Result<Query, QueryError> {
    let mut parser = Parser { tokens, next: 0, terms: 0, words: 0 };
    let select = parser.select()?;
    parser.takes_word("where");
    let is_bare = parser.peek() == &Kind::End || parser.is_order();
    let filter = if is_bare { None } else { Some(parser.any_of(0)?) };
    let order = parser.order()?;
    parser.take(&Kind::End, "the end of the query")?;
    Ok(Query { select, filter, order })
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    terms: usize,
    words: usize,
}

impl Parser {
    fn kind(&self, ahead: usize) -> &Kind {
        self.tokens.get(self.next.saturating_add(ahead)).map_or(&Kind::End, |token| &token.kind)
    }

    fn peek(&self) -> &Kind {
        self.kind(0)
    }

    fn expected<T>(&self, expected: &'static str) -> Result<T, QueryError> {
        let at = self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |token| token.at);
        Err(QueryError::Expected { at, expected })
    }

    fn takes(&mut self, kind: &Kind) -> bool {
        let is_it = self.peek() == kind;
        self.next += usize::from(is_it);
        is_it
    }

    fn take(&mut self, kind: &Kind, expected: &'static str) -> Result<(), QueryError> {
        if self.takes(kind) { Ok(()) } else { self.expected(expected) }
    }

    /// Whether a keyword stands there, in any letter case.
    fn is_word(&self, ahead: usize, word: &str) -> bool {
        matches!(self.kind(ahead), Kind::Name(name) if name.eq_ignore_ascii_case(word))
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_it = self.is_word(0, word);
        self.next += usize::from(is_it);
        is_it
    }

    fn is_order(&self) -> bool {
        self.is_word(0, "order") && self.is_word(1, "by")
    }

    fn field(&mut self) -> Result<Field, QueryError> {
        match self.peek() {
            Kind::Name(name) => {
                let field = Field(name.clone());
                self.next += 1;
                Ok(field)
            }
            _ => self.expected("the name of a field"),
        }
    }

    /// `[select * | f[,f] | {alias:f,...}]`
    fn select(&mut self) -> Result<Select, QueryError> {
        // Usergrid: its export tool puts `select *` before a query that begins so itself.
        let is_everything = |at: usize| self.is_word(at, "select") && *self.kind(at.saturating_add(1)) == Kind::Star;
        self.next += if is_everything(0) && is_everything(2) { 2 } else { 0 };
        if !self.takes_word("select") || self.takes(&Kind::Star) {
            return Ok(Select::Everything);
        }
        let mut fields = Vec::new();
        let is_aliased = self.takes(&Kind::OpenBrace);
        loop {
            let alias = if is_aliased { Some(self.alias()?) } else { None };
            fields.push(Selected { alias, field: self.field()? });
            if fields.len() > MAX_FIELDS {
                return Err(QueryError::TooManyFields(MAX_FIELDS));
            }
            if !self.takes(&Kind::Comma) {
                break;
            }
        }
        if is_aliased {
            self.take(&Kind::CloseBrace, "'}'")?;
        }
        Ok(Select::Fields(fields))
    }

    fn alias(&mut self) -> Result<String, QueryError> {
        let Field(alias) = self.field()?;
        self.take(&Kind::Colon, "':'")?;
        Ok(alias)
    }

    /// `all or all ...`
    fn any_of(&mut self, depth: usize) -> Result<Filter, QueryError> {
        let mut filter = self.all_of(depth)?;
        while self.takes(&Kind::Or) || self.takes_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all_of(depth)?));
        }
        Ok(filter)
    }

    /// `one and one ...`
    fn all_of(&mut self, depth: usize) -> Result<Filter, QueryError> {
        let mut filter = self.one(depth)?;
        while self.takes(&Kind::And) || self.takes_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(depth)?));
        }
        Ok(filter)
    }

    /// `not one`, `( .. )`, or a comparison.
    fn one(&mut self, depth: usize) -> Result<Filter, QueryError> {
        if depth >= MAX_DEPTH {
            return Err(QueryError::TooDeep(MAX_DEPTH));
        }
        if self.takes_word("not") {
            return Ok(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes(&Kind::Open) {
            let filter = self.any_of(depth + 1)?;
            self.take(&Kind::Close, "')'")?;
            return Ok(filter);
        }
        self.count_terms(1)?;
        let field = self.field()?;
        if self.takes_word("contains") {
            return self.contains(field);
        }
        if self.takes_word("within") {
            return self.within(field);
        }
        let comparison = self.comparison()?;
        Ok(Filter::Compare { field, comparison, value: self.value()? })
    }

    fn count_terms(&mut self, more: usize) -> Result<(), QueryError> {
        self.terms += more;
        if self.terms > MAX_TERMS { Err(QueryError::TooManyTerms(MAX_TERMS)) } else { Ok(()) }
    }

    /// Counts the words of a `contains`, which is a term itself: its first word is counted with it.
    fn count_words(&mut self, text: &str) -> Result<(), QueryError> {
        let words = wanted_words(text).len();
        if words > MAX_WORDS {
            return Err(QueryError::TooManyWords(MAX_WORDS));
        }
        self.words += words;
        if self.words > MAX_QUERY_WORDS {
            return Err(QueryError::TooManyQueryWords(MAX_QUERY_WORDS));
        }
        self.count_terms(words.saturating_sub(1))
    }

    fn contains(&mut self, field: Field) -> Result<Filter, QueryError> {
        match self.value()? {
            Value::Text(text) => {
                self.count_words(&text)?;
                Ok(Filter::Contains { field, text })
            }
            _ => {
                self.next -= 1;
                self.expected("a string")
            }
        }
    }

    /// `D of LAT,LON`
    fn within(&mut self, field: Field) -> Result<Filter, QueryError> {
        let metres = self.number()?;
        if !self.takes_word("of") {
            return self.expected("'of'");
        }
        let latitude = self.number()?;
        self.take(&Kind::Comma, "','")?;
        let longitude = self.number()?;
        let is_real = metres >= 0.0 && latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let circle = Circle { metres, latitude, longitude };
        if is_real { Ok(Filter::Within { field, circle }) } else { Err(QueryError::NoPlaceOnEarth) }
    }

    /// A sign, or the word for it, which is in lower case (Usergrid).
    fn comparison(&mut self) -> Result<Comparison, QueryError> {
        let comparison = match self.peek() {
            Kind::Compare(comparison) => Some(*comparison),
            Kind::Name(word) => match word.as_str() {
                "eq" => Some(Comparison::Equal),
                "lt" => Some(Comparison::Less),
                "lte" => Some(Comparison::LessOrEqual),
                "gt" => Some(Comparison::Greater),
                "gte" => Some(Comparison::GreaterOrEqual),
                _ => None,
            },
            _ => None,
        };
        let Some(comparison) = comparison else { return self.expected("a comparison") };
        self.next += 1;
        Ok(comparison)
    }

    fn value(&mut self) -> Result<Value, QueryError> {
        let value = match self.peek() {
            Kind::Number(number) => Some(Value::Number(*number)),
            Kind::Text(text) => Some(Value::Text(text.clone())),
            Kind::Id(id) => Some(Value::Id(*id)),
            Kind::Name(word) if word.eq_ignore_ascii_case("true") => Some(Value::Flag(true)),
            Kind::Name(word) if word.eq_ignore_ascii_case("false") => Some(Value::Flag(false)),
            _ => None,
        };
        let Some(value) = value else {
            return self.expected("a number, a string in single quotes, a UUID, true or false");
        };
        self.next += 1;
        Ok(value)
    }

    fn number(&mut self) -> Result<f64, QueryError> {
        let Kind::Number(number) = *self.peek() else { return self.expected("a number") };
        self.next += 1;
        Ok(number)
    }

    /// `[order by f [asc|desc] {, ...}]`
    fn order(&mut self) -> Result<Vec<Order>, QueryError> {
        let mut orders = Vec::new();
        if !self.is_order() {
            return Ok(orders);
        }
        self.next += 2;
        loop {
            let field = self.field()?;
            let direction = if self.takes_word("desc") {
                Direction::Descending
            } else {
                self.takes_word("asc");
                Direction::Ascending
            };
            orders.push(Order { field, direction });
            if orders.len() > MAX_ORDER {
                return Err(QueryError::TooManyOrders(MAX_ORDER));
            }
            if !self.takes(&Kind::Comma) {
                return Ok(orders);
            }
        }
    }
}
