//! The word that was probably meant: `expries` is two letters from `expires`.

/// How many letters must be put in, left out, changed or swapped with their neighbour to get from one word to the other.
///
/// ```
/// use earnest::diag::distance;
/// assert_eq!(distance("expries", "expires"), 1);
/// assert_eq!(distance("catgory", "category"), 1);
/// ```
pub fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().flat_map(char::to_lowercase).collect();
    let to: Vec<char> = to.chars().flat_map(char::to_lowercase).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX / 2);
    for (i, left) in from.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, right) in to.iter().enumerate() {
            let changed = at(&above, j) + usize::from(left != right);
            let mut best = changed.min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let swapped = i > 0 && j > 0 && from.get(i - 1) == Some(right) && to.get(j - 1) == Some(left);
            if swapped {
                best = best.min(at(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    at(&above, to.len())
}

/// The candidate nearest to a word, if at most one letter in three is wrong, of a short word one; ties go to the first
/// by text.
///
/// ```
/// use earnest::diag::nearest;
/// assert_eq!(nearest("catgory", ["brand", "category"]), Some("category"));
/// assert_eq!(nearest("sku", ["brand", "category"]), None);
/// ```
pub fn nearest<'w>(word: &str, candidates: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| {
            let letters = candidate.chars().count().max(word.chars().count());
            *distance <= if letters <= 4 { 1 } else { letters.div_ceil(3) }
        })
        .min()
        .map(|(_, candidate)| candidate)
}
