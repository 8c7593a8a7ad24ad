//! The abbreviations of zones that dates carry, and the offsets they mean.
//!
//! Those of RFC 822; the customary ones of the zone database (its releases until 2016 had one for
//! nearly every zone); German ones. Letters with two meanings that are both in use are known to be
//! unsure. A zone whose offset has changed since feeds exist is given by its place.

use chrono_tz::Tz;

use crate::parse::dates::zones::Zone;

/// What letters in upper case mean, if they mean one zone.
pub(super) fn zone(name: &str) -> Option<Zone> {
    let zone = match name {
        "ET" => Tz::America__New_York,
        "CT" => Tz::America__Chicago,
        "MT" => Tz::America__Denver,
        "PT" => Tz::America__Los_Angeles,
        "AT" => Tz::America__Halifax,
        "NFT" => Tz::Pacific__Norfolk,
        "ALMT" => Tz::Asia__Almaty,
        "PYT" => Tz::America__Asuncion,
        "WGT" => Tz::America__Nuuk,
        "VET" => Tz::America__Caracas,
        // Russia's clocks stood an hour ahead from 2011 to 2014.
        "MSK" => Tz::Europe__Moscow,
        "SAMT" => Tz::Europe__Samara,
        "YEKT" => Tz::Asia__Yekaterinburg,
        "OMST" => Tz::Asia__Omsk,
        "NOVT" => Tz::Asia__Novosibirsk,
        "KRAT" => Tz::Asia__Krasnoyarsk,
        "IRKT" => Tz::Asia__Irkutsk,
        "YAKT" => Tz::Asia__Yakutsk,
        "VLAT" => Tz::Asia__Vladivostok,
        "MAGT" => Tz::Asia__Magadan,
        "PETT" => Tz::Asia__Kamchatka,
        _ => {
            return hours(name).map(|hours| hours * 60).or_else(|| minutes(name)).map(Zone::Offset);
        }
    };
    Some(Zone::Named(zone))
}

/// Whether letters are those of a zone, sure or not.
pub(super) fn is_known(name: &str) -> bool {
    is_ambiguous(name) || zone(name).is_some()
}

/// Whether letters mean several zones in which people publish: India, Ireland, Israel; Armenia, the
/// Amazon; Ecuador, the eastern Caribbean; Samoa, western Australia; Acre, central Australia;
/// Singapore, American Samoa; the Cocos Islands, China's coast.
pub(super) fn is_ambiguous(name: &str) -> bool {
    matches!(name, "IST" | "AMT" | "AMST" | "ECT" | "WST" | "ACT" | "SST" | "CCT")
}

/// Whole hours east of Greenwich.
fn hours(name: &str) -> Option<i64> {
    let hours = match name {
        "Z" | "UT" | "UTC" | "GMT" | "WET" | "WEZ" | "ZULU" | "EGST" | "AZOST" => 0,
        // Military letters are Greenwich: RFC 822 had them the wrong way round (RFC 2822, 4.3).
        _ if name.len() == 1 && name.bytes().all(|b| b.is_ascii_uppercase()) && name != "T" => 0,
        "CET" | "MEZ" | "MET" | "WEST" | "BST" | "WAT" => 1,
        "CEST" | "MESZ" | "MEST" | "EET" | "SAST" | "CAT" | "OEZ" => 2,
        "EEST" | "OESZ" | "IDT" | "TRT" | "EAT" | "FET" => 3,
        "MSD" | "AZT" | "GST" | "GET" | "MUT" | "RET" | "SCT" => 4,
        "PKT" | "AZST" | "UZT" | "TJT" | "TMT" | "MVT" | "SAMST" => 5,
        "BDT" | "BTT" | "KGT" | "YEKST" => 6,
        "ICT" | "WIB" | "OMSST" | "NOVST" | "CXT" | "HOVT" => 7,
        "HKT" | "SGT" | "AWST" | "PHT" | "MYT" | "WITA" | "BNT" | "ULAT" | "KRAST" => 8,
        "KST" | "JST" | "WIT" | "IRKST" | "TLT" | "PWT" => 9,
        "AEST" | "KDT" | "PGT" | "CHST" | "YAKST" => 10,
        "AEDT" | "NCT" | "SBT" | "VUT" | "VLAST" => 11,
        "NZST" | "FJT" | "TVT" | "MAGST" => 12,
        "NZDT" | "FJST" | "TOT" | "PHOT" => 13,
        "LINT" => 14,
        "CVT" | "EGT" | "AZOT" => -1,
        "BRST" | "FNT" | "UYST" | "PMDT" => -2,
        "BRT" | "ART" | "ADT" | "CLST" | "GFT" | "PMST" | "PYST" | "ROTT" | "SRT" | "UYT" => -3,
        "AST" | "EDT" | "BOT" | "CLT" | "FKT" | "GYT" => -4,
        "EST" | "CDT" | "COT" | "PET" => -5,
        "CST" | "MDT" | "GALT" => -6,
        "MST" | "PDT" => -7,
        "PST" | "AKDT" => -8,
        "AKST" | "HDT" | "GAMT" => -9,
        "HST" | "TAHT" | "CKT" => -10,
        "NUT" => -11,
        _ => return None,
    };
    Some(hours)
}

/// Minutes east of Greenwich of the zones between whole hours.
fn minutes(name: &str) -> Option<i64> {
    let (hours, minutes) = match name {
        "IRST" => (3, 30),
        "IRDT" | "AFT" => (4, 30),
        "NPT" => (5, 45),
        "MMT" => (6, 30),
        "ACWST" => (8, 45),
        "ACST" => (9, 30),
        "ACDT" | "LHST" => (10, 30),
        "CHAST" => (12, 45),
        "CHADT" => (13, 45),
        "NST" => (-3, -30),
        "NDT" => (-2, -30),
        _ => return None,
    };
    Some(hours * 60 + minutes)
}
