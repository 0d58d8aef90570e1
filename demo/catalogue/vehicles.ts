export type Vehicle = {
  readonly make: string;
  readonly model: string;
  readonly engine: string;
  readonly years: string;
};

const list = `
Renault|Clio IV|1.5 dCi 90|2012-2019
Renault|Mégane III|1.6 dCi 130|2008-2016
Renault|Captur|1.2 TCe 120|2013-2019
Renault|Scénic III|1.4 TCe 130|2009-2016
Renault|Twingo III|1.0 SCe 70|2014-2024
Peugeot|208|1.2 PureTech 82|2012-2019
Peugeot|308 II|1.6 BlueHDi 120|2013-2021
Peugeot|3008|1.2 PureTech 130|2016-2023
Peugeot|207|1.4 HDi 70|2006-2014
Peugeot|2008|1.5 BlueHDi 100|2013-2019
Citroën|C3 III|1.2 PureTech 82|2016-2024
Citroën|C4 Picasso|1.6 HDi 110|2006-2013
Citroën|Berlingo II|1.6 HDi 90|2008-2018
Dacia|Sandero II|0.9 TCe 90|2012-2020
Dacia|Duster|1.5 dCi 110|2010-2017
Volkswagen|Golf VII|1.6 TDI 105|2012-2020
Volkswagen|Polo V|1.2 TSI 90|2009-2017
Volkswagen|Tiguan|2.0 TDI 150|2016-2024
Ford|Fiesta VI|1.25 82|2008-2017
Ford|Focus III|1.6 TDCi 115|2010-2018
Toyota|Yaris III|1.5 Hybride 100|2012-2020
Toyota|Auris|1.8 Hybride 136|2012-2018
Fiat|500|1.2 69|2007-2024
Opel|Corsa D|1.3 CDTI 75|2006-2014
Nissan|Qashqai II|1.5 dCi 110|2013-2021`;

/** The cars whose parts the shop sells. */
export const vehicles: readonly Vehicle[] = list
  .trim()
  .split('\n')
  .map((line) => {
    const [make = '', model = '', engine = '', years = ''] = line.split('|');
    return { make, model, engine, years };
  });
