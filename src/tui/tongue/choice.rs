//! Which language the screen speaks: what the settings say, else the locale. The environment is read elsewhere and comes in as values.

use super::Tongue;

impl Tongue {
    /// The language of the settings; without one (`auto`) that of the locale: the values of `LC_ALL`, `LC_MESSAGES` and `LANG`, in this order, of which the
    /// first that isn't empty decides.
    pub fn chosen(set: Option<Self>, locale: [Option<String>; 3]) -> Self {
        set.unwrap_or_else(|| {
            locale.into_iter().flatten().find(|value| !value.is_empty()).map_or(Self::English, |name| Self::of_locale(&name))
        })
    }

    /// Chinese of every region is read in simplified characters; all that is not Chinese, in English.
    fn of_locale(name: &str) -> Self {
        let language = name.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }
}
