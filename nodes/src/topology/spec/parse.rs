//! Specifications from text.

use core::str::FromStr;

use super::{Family, Kind, SPECS, Topology};
use crate::nearest::nearest;
use crate::topology::TopologyError;

impl FromStr for Topology {
    type Err = TopologyError;

    fn from_str(spec: &str) -> Result<Self, TopologyError> {
        let (name, numbers) = match spec.split_once(':') {
            Some((name, numbers)) => (name, Some(numbers)),
            None => (spec, None),
        };
        let Some(family) = SPECS.iter().find(|family| family.name == name) else {
            return Err(TopologyError::Unknown { spec: spec.into(), name: name.into(), hint: hint(spec, name) });
        };
        let mut numbers = Numbers::new(spec, family, numbers);
        let kind = kind(name, &mut numbers)?;
        numbers.end()?;
        let topology = Topology::of(kind);
        topology.check()?;
        Ok(topology)
    }
}

fn kind(name: &str, numbers: &mut Numbers<'_>) -> Result<Kind, TopologyError> {
    const NODES: &str = "number of nodes";
    Ok(match name {
        "ring" => Kind::Ring(numbers.whole(NODES)?),
        "oriented-ring" => Kind::OrientedRing(numbers.whole(NODES)?),
        "directed-ring" => Kind::DirectedRing(numbers.whole(NODES)?),
        "path" => Kind::Path(numbers.whole(NODES)?),
        "star" => Kind::Star(numbers.whole(NODES)?),
        "complete" => Kind::Complete(numbers.whole(NODES)?),
        "complete-bipartite" => Kind::CompleteBipartite(numbers.whole(NODES)?, numbers.whole("number of nodes opposite")?),
        "wheel" => Kind::Wheel(numbers.whole(NODES)?),
        "grid" => Kind::Grid(numbers.whole("number of rows")?, numbers.whole("number of columns")?),
        "grid3d" => Kind::Grid3d(
            numbers.whole("number of layers")?,
            numbers.whole("number of rows")?,
            numbers.whole("number of columns")?,
        ),
        "torus" => Kind::Torus(numbers.whole("number of rows")?, numbers.whole("number of columns")?),
        "hypercube" => Kind::Hypercube(numbers.whole("number of dimensions")?),
        "binary-tree" => Kind::BinaryTree(numbers.whole(NODES)?),
        "caterpillar" => {
            Kind::Caterpillar(numbers.whole("length of the path")?, numbers.whole("number of leaves at each node")?)
        }
        "lollipop" => Kind::Lollipop(numbers.whole("size of the complete graph")?, numbers.whole("length of the path")?),
        "barbell" => Kind::Barbell(numbers.whole("size of the complete graphs")?, numbers.whole("length of the path")?),
        "circulant" => {
            let nodes = numbers.whole(NODES)?;
            let mut jumps = vec![numbers.whole("distance to link")?];
            while numbers.more() {
                jumps.push(numbers.whole("distance to link")?);
            }
            Kind::Circulant(nodes, jumps)
        }
        "petersen" => Kind::Petersen,
        "links" => {
            let mut links = vec![numbers.link()?];
            while numbers.more() {
                links.push(numbers.link()?);
            }
            Kind::Links(links)
        }
        "karate" => Kind::Karate,
        "random-tree" => Kind::RandomTree(numbers.whole(NODES)?),
        "gnp" => Kind::Gnp(numbers.whole(NODES)?, numbers.real("probability")?),
        "gnm" => Kind::Gnm(numbers.whole(NODES)?, numbers.whole("number of links")?),
        "regular" => Kind::Regular(numbers.whole(NODES)?, numbers.whole("number of links at each node")?),
        "barabasi-albert" => Kind::BarabasiAlbert(numbers.whole(NODES)?, numbers.whole("number of links of a new node")?),
        "watts-strogatz" => Kind::WattsStrogatz(
            numbers.whole(NODES)?,
            numbers.whole("number of nearest neighbours")?,
            numbers.real("probability")?,
        ),
        "geometric" => Kind::Geometric(numbers.whole(NODES)?, numbers.real("radius")?),
        "file" => Kind::File(numbers.text("path")?.into()),
        _ => unreachable!("every family of SPECS is read here"),
    })
}

/// The numbers after the colon, to be taken one after the other.
struct Numbers<'a> {
    spec: &'a str,
    family: &'static Family,
    rest: Option<&'a str>,
    separator: char,
}

impl<'a> Numbers<'a> {
    fn new(spec: &'a str, family: &'static Family, rest: Option<&'a str>) -> Self {
        let separator = if matches!(family.name, "grid" | "grid3d" | "torus") { 'x' } else { ',' };
        Numbers { spec, family, rest: rest.filter(|rest| !rest.is_empty()), separator }
    }

    fn wrong(&self, why: String) -> TopologyError {
        TopologyError::Spec { spec: self.spec.into(), why, example: self.family.example.into() }
    }

    fn more(&self) -> bool {
        self.rest.is_some()
    }

    fn text(&mut self, what: &str) -> Result<&'a str, TopologyError> {
        self.rest.take().ok_or_else(|| self.wrong(format!("the {what} is missing")))
    }

    fn next(&mut self, what: &str) -> Result<&'a str, TopologyError> {
        let text = self.text(what)?;
        match text.split_once(self.separator) {
            Some((next, rest)) => {
                self.rest = Some(rest);
                Ok(next)
            }
            None => Ok(text),
        }
    }

    /// `3-4`.
    fn link(&mut self) -> Result<(usize, usize), TopologyError> {
        let text = self.next("link")?;
        let Some((a, b)) = text.split_once('-') else { return Err(self.wrong(format!("`{text}` is not a link"))) };
        Ok((self.read(a, "node")?, self.read(b, "node")?))
    }

    fn whole(&mut self, what: &str) -> Result<usize, TopologyError> {
        let text = self.next(what)?;
        self.read(text, what)
    }

    fn read(&self, text: &str, what: &str) -> Result<usize, TopologyError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits && text.parse::<u32>().is_err() {
            return Err(self.wrong(format!("{text} is too large as a {what}")));
        }
        match text.parse::<u32>() {
            Ok(number) if digits => Ok(number as usize),
            _ => Err(self.wrong(format!("`{text}` is not a {what}"))),
        }
    }

    fn real(&mut self, what: &str) -> Result<f64, TopologyError> {
        let text = self.next(what)?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(self.wrong(format!("`{text}` is not a {what}"))),
        }
    }

    fn end(self) -> Result<(), TopologyError> {
        match self.rest {
            None => Ok(()),
            Some(rest) => Err(self.wrong(format!("`{rest}` is more than `{}` takes", self.family.name))),
        }
    }
}

/// What may have been meant.
fn hint(spec: &str, name: &str) -> String {
    let simple: String = name.to_lowercase().replace(['_', ' '], "-");
    let synonym = match simple.as_str() {
        "cycle" | "circle" => Some("ring"),
        "line" | "chain" | "linear" => Some("path"),
        "clique" | "mesh" | "full" => Some("complete"),
        "cube" => Some("hypercube"),
        "tree" => Some("binary-tree"),
        "bipartite" => Some("complete-bipartite"),
        "lattice" => Some("grid"),
        "erdos-renyi" | "er" | "random" => Some("gnp"),
        "ba" | "scale-free" => Some("barabasi-albert"),
        "ws" | "small-world" => Some("watts-strogatz"),
        _ => None,
    };
    if synonym.is_none() && (spec.contains(['/', '\\']) || super::super::read::has_known_extension(spec)) {
        return format!("if it is a file, write `file:{spec}`");
    }
    let meant = synonym.or_else(|| nearest(name, &mut SPECS.iter().map(|family| family.name)));
    match meant.and_then(|name| SPECS.iter().find(|family| family.name == name)) {
        Some(family) => format!("did you mean `{}`?", family.example),
        None => {
            let names: Vec<&str> = SPECS.iter().map(|family| family.name).collect();
            format!("there are {}", names.join(", "))
        }
    }
}
