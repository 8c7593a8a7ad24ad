//! How a host may be reached: private ranges, a proxy, certificate authorities.
//!
//! The same keys serve sources and receivers, and two of them the daemon. Called by those.

use std::path::PathBuf;

use super::fields::{Fields, with_cure};
use super::secret::{self, Found};
use super::tree::Tree;
use super::{Surroundings, scalar};
use crate::model::fault::{Fault, Need};
use crate::model::receiver::Secret;
use crate::model::source::Egress;

/// Reads `allow_private`, `proxy`, `proxy_env` and `extra_ca`; `need` is who goes this way.
pub(super) fn lower(
    fields: &mut Fields<'_, '_>,
    around: (&Tree, &Surroundings),
    need: &Need,
) -> Egress {
    let mut allow_private = Vec::new();
    for text in fields.texts("allow_private") {
        let address = text.value.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
        let Ok(range) = text.value.parse::<ipnet::IpNet>().or(address) else {
            let message = format!(
                "`allow_private` of {}: \"{}\" is not a range of addresses",
                fields.owner, text.value
            );
            let cure = "write a range such as \"10.1.2.0/24\" or one address; names are not taken";
            fields.fault(Fault::error(text.place.clone(), message).cure(cure));
            continue;
        };
        if range.prefix_len() == 0 {
            let message = format!("`allow_private` of {} opens every address", fields.owner);
            let cure = "name the range that you need, such as \"10.1.2.0/24\"";
            fields.fault(Fault::warning(text.place.clone(), message).cure(cure));
        }
        allow_private.push(range);
    }
    Egress { allow_private, proxy: proxy(fields, around, need), extra_ca: extra_ca(fields) }
}

/// Reads `proxy` or `proxy_env`.
pub(super) fn proxy(
    fields: &mut Fields<'_, '_>,
    around: (&Tree, &Surroundings),
    need: &Need,
) -> Option<Secret> {
    let is_written = fields.has("proxy");
    let has_password = |text: &str| scalar::proxy(text).is_ok_and(|url| url.password().is_some());
    match secret::one(fields, "proxy", around, has_password) {
        Found::Here(secret, text) => match scalar::proxy(secret.reveal()) {
            Ok(_) => Some(secret),
            Err((message, cure)) => {
                let fault = Fault::error(
                    text.place.clone(),
                    format!("proxy of {}: {message}", fields.owner),
                );
                let fault = with_cure(fault, cure);
                fields.fault(if is_written { fault } else { fault.needed_by(need.clone()) });
                None
            }
        },
        Found::Unset(mut fault) => {
            let how = fault.cure.take().unwrap_or_default();
            let cure = format!("{how}, or remove the line to connect without a proxy");
            fields.fault(fault.cure(cure).needed_by(need.clone()));
            None
        }
        Found::Unread(fault) => {
            fields.fault(fault.needed_by(need.clone()));
            None
        }
        Found::Faulty | Found::Absent => None,
    }
}

/// Reads `extra_ca`.
pub(super) fn extra_ca(fields: &mut Fields<'_, '_>) -> Option<PathBuf> {
    let text = fields.text("extra_ca")?;
    Some(secret::path(&text.place.file, text.value))
}
