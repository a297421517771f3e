//! What an expression compares with what.

use minijinja::machinery::ast::{BinOpKind, CallArg, CompareOpKind, Expr};

/// Two sides of a comparison, and whether it asks which is more.
#[derive(Debug)]
pub(super) struct Comparison<'a, 'b> {
    pub(super) left: &'a Expr<'b>,
    pub(super) right: &'a Expr<'b>,
    pub(super) is_order: bool,
}

/// The comparisons of an expression itself, not of what it takes or calls.
pub(super) fn comparisons<'a, 'b>(expr: &'a Expr<'b>) -> Vec<Comparison<'a, 'b>> {
    if let Expr::BinOp(it) = expr {
        let is_order = match it.op {
            BinOpKind::Eq | BinOpKind::Ne => false,
            BinOpKind::Lt | BinOpKind::Lte | BinOpKind::Gt | BinOpKind::Gte => true,
            _ => return Vec::new(),
        };
        return vec![Comparison { left: &it.left, right: &it.right, is_order }];
    }
    let Expr::Compare(it) = expr else { return Vec::new() };
    let rights = it.ops.iter().map(|it| &it.expr);
    let lefts = std::iter::once(&it.expr).chain(rights.clone());
    let sides = it.ops.iter().zip(lefts.zip(rights));
    sides
        .filter_map(|(op, (left, right))| {
            let is_order = match op.op {
                CompareOpKind::Eq | CompareOpKind::Ne => false,
                CompareOpKind::Lt | CompareOpKind::Lte | CompareOpKind::Gt | CompareOpKind::Gte => {
                    true
                }
                CompareOpKind::In | CompareOpKind::NotIn => return None,
            };
            Some(Comparison { left, right, is_order })
        })
        .collect()
}

/// The expressions that an expression is made of.
pub(super) fn parts<'a, 'b>(expr: &'a Expr<'b>) -> Vec<&'a Expr<'b>> {
    let arguments = |args: &'a [CallArg<'b>]| {
        args.iter().map(|it| match it {
            CallArg::Pos(it)
            | CallArg::Kwarg(_, it)
            | CallArg::PosSplat(it)
            | CallArg::KwargSplat(it) => it,
        })
    };
    match expr {
        Expr::Var(_) | Expr::Const(_) => Vec::new(),
        Expr::Slice(it) => {
            let ends = [&it.start, &it.stop, &it.step].into_iter().flatten();
            std::iter::once(&it.expr).chain(ends).collect()
        }
        Expr::UnaryOp(it) => vec![&it.expr],
        Expr::BinOp(it) => vec![&it.left, &it.right],
        Expr::Compare(it) => {
            std::iter::once(&it.expr).chain(it.ops.iter().map(|it| &it.expr)).collect()
        }
        Expr::IfExpr(it) => {
            [&it.test_expr, &it.true_expr].into_iter().chain(&it.false_expr).collect()
        }
        Expr::Filter(it) => it.expr.iter().chain(arguments(&it.args)).collect(),
        Expr::Test(it) => std::iter::once(&it.expr).chain(arguments(&it.args)).collect(),
        Expr::GetAttr(it) => vec![&it.expr],
        Expr::GetItem(it) => vec![&it.expr, &it.subscript_expr],
        Expr::Call(it) => std::iter::once(&it.expr).chain(arguments(&it.args)).collect(),
        Expr::List(it) => it.items.iter().collect(),
        Expr::Tuple(it) => it.items.iter().collect(),
        Expr::Map(it) => it.keys.iter().chain(&it.values).collect(),
    }
}

/// What is named, where that is all there is to an expression: `steps.plan.output`.
pub(super) fn path(expr: &Expr<'_>) -> Option<String> {
    match expr {
        Expr::Var(it) => Some(it.id.to_owned()),
        Expr::GetAttr(it) => Some(format!("{}.{}", path(&it.expr)?, it.name)),
        Expr::GetItem(it) => match &it.subscript_expr {
            Expr::Const(key) => Some(format!("{}.{}", path(&it.expr)?, key.value.as_str()?)),
            _ => None,
        },
        _ => None,
    }
}

/// What is said of two that are never more or less than one another.
pub(super) fn wrong(left: (&str, &str), right: (&str, &str)) -> (String, String) {
    let told = |(text, kind): (&str, &str)| match kind {
        _ if text.is_empty() => kind.to_owned(),
        kind => format!("`{text}` is {kind}"),
    };
    let message = format!("{} and {}: they can't be compared", told(left), told(right));
    let mend = match (left, right) {
        ((_, "a number"), (text, "text")) | ((text, "text"), (_, "a number")) => {
            let bare = text.trim_matches(['\'', '"']);
            match bare.parse::<f64>() {
                Ok(_) => format!("write {bare}"),
                Err(_) => format!("write {text} | int, or let it be a number where it is made"),
            }
        }
        _ => "compare it with what it can be".to_owned(),
    };
    (message, mend)
}
