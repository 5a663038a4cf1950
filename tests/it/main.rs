

mod materializations;
