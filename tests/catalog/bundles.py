"""Small handmade ATT&CK bundles."""

from __future__ import annotations


def bundle(*objects):
    return {"type": "bundle", "id": "bundle--1", "objects": list(objects)}


def collection(version="9.9"):
    return {"type": "x-mitre-collection", "id": "x-mitre-collection--1", "x_mitre_version": version}


def matrix(*shortnames, domain="enterprise-attack"):
    return {
        "type": "x-mitre-matrix",
        "id": "x-mitre-matrix--1",
        "external_references": _references(domain),
        "tactic_refs": [f"x-mitre-tactic--{shortname}" for shortname in shortnames],
    }


def tactic(attack_id, shortname, name, **fields):
    return {
        "type": "x-mitre-tactic",
        "id": f"x-mitre-tactic--{shortname}",
        "name": name,
        "x_mitre_shortname": shortname,
        "external_references": _references(attack_id),
        **fields,
    }


def technique(attack_id, name, *phases, kill_chain="mitre-attack", **fields):
    return {
        "type": "attack-pattern",
        "id": f"attack-pattern--{attack_id}",
        "name": name,
        "kill_chain_phases": [{"kill_chain_name": kill_chain, "phase_name": phase} for phase in phases],
        "external_references": _references(attack_id),
        **fields,
    }


def thing(kind, attack_id, name, **fields):
    """A group, software, campaign, mitigation, data component, analytic or detection strategy."""
    return {
        "type": kind,
        "id": f"{kind}--{attack_id}",
        "name": name,
        "external_references": _references(attack_id),
        **fields,
    }


def relation(source, kind, target, **fields):
    """A relationship between two objects."""
    return {
        "type": "relationship",
        "id": f"relationship--{source['id']}-{kind}-{target['id']}",
        "relationship_type": kind,
        "source_ref": source["id"],
        "target_ref": target["id"],
        **fields,
    }


def revoked_by(old, new, **fields):
    return relation({"id": f"attack-pattern--{old}"}, "revoked-by", {"id": f"attack-pattern--{new}"}, **fields)


def analytic(attack_id, *logs, **fields):
    """An analytic with log sources as (data component, name, channel)."""
    references = [
        {"x_mitre_data_component_ref": component["id"], "name": name, "channel": channel}
        for component, name, channel in logs
    ]
    return thing("x-mitre-analytic", attack_id, attack_id, x_mitre_log_source_references=references, **fields)


def strategy(attack_id, *analytics, **fields):
    references = [analytic["id"] for analytic in analytics]
    return thing("x-mitre-detection-strategy", attack_id, attack_id, x_mitre_analytic_refs=references, **fields)


def small_bundle(*more):
    """Two tactics, two techniques, a sub-technique, one revoked and one deprecated technique, and `more`."""
    return bundle(
        matrix("impact", "execution"),
        tactic("TA0002", "execution", "Execution"),
        tactic("TA0040", "impact", "Impact"),
        technique("T1002", "Second", "execution", "impact", x_mitre_platforms=["Windows", "Linux"]),
        technique("T1002.001", "Sub", "execution", x_mitre_platforms=["Linux"]),
        technique("T1003", "Old", "execution", revoked=True),
        technique("T1004", "Older", "execution", x_mitre_deprecated=True),
        revoked_by("T1003", "T1002"),
        technique("T1001", "First", "impact"),
        *more,
    )


def _references(attack_id):
    return [
        {"source_name": "A report", "url": "https://example.org"},
        {"source_name": "mitre-attack", "external_id": attack_id},
    ]
